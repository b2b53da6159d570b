#!/bin/sh
# Holds the house in order: include arrows, third-party headers in their one
# or two files, the gate, one reader of the clock, one source of randomness,
# standard output for the programs alone, headers that compile by themselves,
# and clang-format. Prints each break as FILE: RULE; exits 1 when there is one.
set -u
cd "${top_srcdir:-.}" || exit 1
broken=0
say() {
	echo "lint: $1"
	broken=1
}
sources() { # folders… : their C files
	for folder in "$@"; do
		ls "$folder"/*.c "$folder"/*.h 2>/dev/null
	done
}
house='base http ratelimit scopes oauth model store connector derive run
	app platform imports server sandbox cli'

# Which folders each folder's files may include (DESIGN.md section 2).
allowed() {
	case $1 in
	base) echo base ;;
	http | ratelimit | scopes | model) echo "$1 base" ;;
	oauth) echo oauth base http ;;
	store) echo store base model ratelimit ;;
	connector) echo connector base http ratelimit scopes oauth model store ;;
	derive) echo derive base model store connector ;;
	run) echo run base http ratelimit scopes oauth model store connector \
		derive ;;
	app) echo app base http ratelimit scopes oauth model store connector \
		derive run ;;
	sandbox) echo sandbox base http ;;
	imports) echo imports base model store ;;
	platform) echo platform base http ratelimit scopes oauth model store \
		connector run app ;;
	server) echo server platform imports app scopes oauth store http base ;;
	cli) echo cli base http ratelimit scopes oauth model store connector \
		derive run app platform imports server ;;
	esac
}
for folder in $house; do
	[ -d "$folder" ] || continue
	may=" $(allowed "$folder") "
	for file in $(sources "$folder"); do
		for to in $(sed -n 's/^#include "\([a-z]*\)\/.*/\1/p' "$file"); do
			case $may in
			*" $to "*) ;;
			*) say "$file: may not include $to/ (arrows point down)" ;;
			esac
		done
		bad=$(grep -n '^#include "' "$file" | grep -v '"[a-z]*/[a-z0-9_]*\.h"')
		[ -z "$bad" ] || say "$file: includes are written \"folder/file.h\": $bad"
	done
done
# The sandbox must be able to disagree with us: no decimals, dates or JSON of
# ours, no client.
bad=$(grep -nE '"(base/(json|decimal|when|crypto)|http/(client|retry))\.h"' \
	$(sources sandbox) /dev/null)
[ -z "$bad" ] || say "sandbox shares what it must not: $bad"

# HEADER-PATTERN FILE-PATTERN
while read -r header files; do
	for file in $(sources $house | xargs grep -lE \
		"^#include <$header" /dev/null); do
		echo "$file" | grep -qE "^($files)$" ||
			say "$file: $header belongs to $files"
	done
done <<'TABLE'
curl/ http/(client|loop|url|curl_[a-z]*)\.[ch]
microhttpd http/listener\.c
sqlite3 store/[a-z_]*\.[ch]
openssl/ base/crypto\.c
cjson/ (base/json[a-z_]*|oauth/[a-z_]*|connector/[a-z_]*|cli/init)\.c
libconfig app/settings\.c
zstd store/[a-z_]*\.c
TABLE

# CALL-PATTERN, FILES THAT MAY, WHY
rule() {
	bad=$(sources $house | xargs grep -nE "$1" /dev/null |
		grep -vE "^($2):" | grep -vE '^[^:]*:[0-9]*:[[:space:]]*(\*|/\*)')
	[ -z "$bad" ] || say "$3: $bad"
}
rule '(->|\.)send\(|http_call\(' \
	'http/[a-z_]*\.[ch]|connector/gate[a-z_]*\.c|oauth/token[a-z_]*\.c|cli/init\.c' \
	'requests leave through connector/gate.c and oauth/token.c alone'
rule '\b(clock_gettime|gettimeofday|time|localtime|localtime_r)\(' \
	'base/clock\.c' 'the clock is read in base/clock.c alone'
rule '\b(sleep|usleep|nanosleep)\(' 'none' 'nobody sleeps'
rule '\b(getrandom|getentropy|RAND_bytes|arc4random|rand|random|srand)\(' \
	'base/crypto\.c' 'randomness comes from base/crypto.c alone'
rule '(^|[^a-z_])(printf|puts|putchar|fputs)\(|\bstdout\b' \
	'cli/[a-z_]*\.[ch]|sandbox/(main|shell)\.c' \
	'only the programs write to standard output'
rule '\b(strcpy|strcat|sprintf|vsprintf|strtok|atoi|atol|gets|system|popen)\(' \
	'none' 'banned call'

# Every header compiles alone.
: "${CC:=cc}"
for header in $(sources $house | grep '\.h$'); do
	${CC} -std=c17 -D_GNU_SOURCE -DEXACT_FAULTS=1 -I. -Wall -Wextra \
		-fsyntax-only -x c "$header" ||
		say "$header: does not compile by itself"
done

if command -v clang-format >/dev/null 2>&1; then
	for file in $(sources $house) tests/*/*.c; do
		[ -f "$file" ] || continue
		clang-format --dry-run -Werror "$file" >/dev/null 2>&1 ||
			say "$file: run clang-format -i on it"
	done
else
	echo 'lint: clang-format is not installed, format not checked'
fi
[ $broken -eq 0 ] && echo 'lint: clean'
exit $broken
