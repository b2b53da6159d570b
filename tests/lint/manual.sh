#!/bin/sh
# The manual pages say all that the programs know: each command, option, exit
# code, setting, data type, scope, control action and fault, taken from --help
# and from the tables in the sources, stands in its page; doc/data-types.md has
# a chapter for each data type and a line for each entity with its scope; and
# groff finds nothing to warn about. Needs the programs (top_builddir). Prints
# each gap; exits 1 when there is one. manual_test.sh breaks each kind once.
set -u
top=${top_srcdir:-.}
build=${top_builddir:-.}
connector=$build/exact-connector
sandbox=$build/exact-sandbox
broken=0
checked=0
say() {
	echo "manual: $1"
	broken=1
}
# A pattern that finds nothing any more must not pass for a clean manual.
since=0
kind() { # what was looked for since the last time
	[ "$checked" -gt "$since" ] || say "no $1 was found to look for"
	since=$checked
}
dir=$(mktemp -d) || exit 1
trap 'rm -rf "$dir"' EXIT

# The page as a reader sees its words: no escapes, no font changes.
plain() {
	sed -e 's/\\f[A-Z]//g' -e 's/\\-/-/g' -e 's/^\.[A-Z]* //' -e 's/"//g' \
		"$top/man/$1" >"$dir/$1"
}
plain exact-connector.1
plain exact-connector.conf.5
plain exact-sandbox.1

# section PAGE NAME: the lines of one section
section() {
	[ -e "$dir/$1 $2" ] || take_section "$1" "$2" >"$dir/$1 $2"
	cat "$dir/$1 $2"
}
take_section() {
	awk -v name="$2" '/^\.SH/ { on = 0 }
		$0 ~ "^.SH \"?" name { on = 1 } on' "$top/man/$1" |
		sed -e 's/\\f[A-Z]//g' -e 's/\\-/-/g' -e 's/^\.[A-Z]* //' \
			-e 's/"//g' -e 's/[][]/ /g'
}
# has PAGE SECTION WORDS WHAT: a line of the section begins with the words
has() {
	checked=$((checked + 1))
	section "$1" "$2" | grep -qE -- "^$3([^A-Za-z0-9-]|\$)" ||
		say "$1: $4 '$3' is not in $2"
}

# ---- exact-connector
"$connector" --help >"$dir/help" || exit 1
commands=$(sed -n '/^Commands:/,/^$/s/^  \([a-z]*\( [a-z]*\)\{0,1\}\)\( .*\|$\)/\1/p' \
	"$dir/help" | sed 's/ $//')
echo "$commands" >"$dir/commands"
while read -r command; do
	has exact-connector.1 COMMANDS "$command" command
	# shellcheck disable=SC2086
	"$connector" $command --help >"$dir/one" || say "$command --help fails"
	for option in $(sed -n '/^Options:/,/^$/s/^  \(--[a-z0-9-]*\).*/\1/p' \
		"$dir/one"); do
		has exact-connector.1 OPTIONS "$option" option
		section exact-connector.1 COMMANDS |
			awk -v command="$command" 'index($0, command) == 1 {
				on = 1; print; next } /^(completion|init|secret|company|login|plan|scopes|sync|status|export|refresh)/ {
				on = 0 } on' | grep -qe "$option" ||
			say "exact-connector.1: '$command' does not show $option"
	done
done <"$dir/commands"
kind 'command of exact-connector'
for option in $(sed -n '/^Common options:/,/^$/s/^  \(--[a-z0-9-]*\).*/\1/p' \
	"$dir/help"); do
	has exact-connector.1 OPTIONS "$option" option
done
kind 'common option'
for code in $(sed -n '/^enum exit_code {/,/^};/s/^	EXIT_[A-Z_]* = \([0-9]*\).*/\1/p' \
	"$top/app/exit_code.h"); do
	has exact-connector.1 'EXIT STATUS' "$code" 'exit code'
	sed -n '/^Exit codes:/,/^$/p' "$dir/help" | grep -q "^ *$code " ||
		say "--help: the exit code $code is missing"
done
kind 'exit code'
# names TABLE FILE: the names in the rows of a table
names() {
	sed -n "/^\(static \)*const struct $1\[\]/,/^};/s/^	{ \.name = \"\([a-z_.]*\)\".*/\1/p" \
		"$top/$2"
}
for region in $(names 'region region_table' connector/region.c); do
	has exact-connector.conf.5 REGIONS "$region" region
done
kind region
for setting in $(names 'setting_row rows' app/settings.c) $(
	names 'setting_row region_rows' app/settings.c |
		sed 's/^/regions.REGION./'
); do
	checked=$((checked + 1))
	section exact-connector.conf.5 SETTINGS | sed 's/ REGION /REGION/' |
		tr ' ,' '\n\n' | grep -qxF "$setting" ||
		say "exact-connector.conf.5: the setting '$setting' is missing"
done
kind setting
for type in $(sed -n 's/^	\.name = "\([a-zA-Z]*\)".*/\1/p' \
	"$top"/model/*.c); do
	has exact-connector.1 'DATA TYPES' "$type\$" 'data type'
	checked=$((checked + 1))
	grep -qE "^## (.*[^A-Za-z])?$type([^A-Za-z]|\$)" \
		"$top/doc/data-types.md" ||
		say "doc/data-types.md: no chapter on the data type '$type'"
done
kind 'data type'

# Each entity we read stands in the table of what is read, with its scope.
sed -n '/^## What is read/,/^## [^W]/p' "$top/doc/data-types.md" >"$dir/read"
sed -n -e 's/^	\.path = "\([A-Za-z/]*\)".*/path \1/p' \
	-e 's/^	\.scope = "\([a-z.]*\)".*/scope \1/p' -e 's/^};/end -/p' \
	"$top"/connector/entity*.c >"$dir/entities"
path=
while read -r word value; do
	case $word in
	path) path=$value scope= ;;
	scope) scope=$value ;;
	end)
		[ -n "$path" ] || continue
		checked=$((checked + 1))
		grep -F "| \`$path\` |" "$dir/read" |
			grep -qF "| ${scope:+\`}${scope:-none}${scope:+\`} |" ||
			say "doc/data-types.md: the entity '$path' and its\
 scope '${scope:-none}' are not in what is read"
		path=
		;;
	esac
done <"$dir/entities"
kind entity
for scope in $("$connector" scopes list |
	sed -n 's/^\([a-z]*\.[a-z]*\)\( .*\)\{0,1\}$/\1/p'); do
	has exact-connector.conf.5 SCOPES "$scope" scope
done
kind scope

# ---- exact-sandbox
"$sandbox" --help >"$dir/sandbox" || exit 1
for option in $(sed -n '/^$/,/^Apps:/s/^  \(--[a-z0-9-]*\).*/\1/p' "$dir/sandbox"); do
	has exact-sandbox.1 OPTIONS "$option" option
done
kind 'option of exact-sandbox'
for action in $(sed -n '/^Control,/,/^$/s/^  \([a-z]*\) .*/\1/p' "$dir/sandbox"); do
	has exact-sandbox.1 CONTROL "$action" 'control action'
done
kind 'control action'
for fault in $(sed -n '/^Faults,/,$s/^  \([a-zNR0-9-]*\) .*/\1/p' "$dir/sandbox"); do
	has exact-sandbox.1 FAULTS "$fault" fault
done
kind fault

if [ -n "${MANUAL_WORDS_ALONE:-}" ]; then
	: # manual_test.sh breaks no layout
elif command -v man >/dev/null 2>&1 && command -v groff >/dev/null 2>&1; then
	for page in exact-connector.1 exact-connector.conf.5 exact-sandbox.1; do
		warned=$(LC_ALL=C.UTF-8 MANWIDTH=80 man --warnings -E UTF-8 -l \
			-Tutf8 -Z "$top/man/$page" 2>&1 >/dev/null)
		[ -z "$warned" ] || say "$page: $warned"
	done
else
	echo 'manual: man-db and groff are not here, layout not checked'
fi
[ $broken -eq 0 ] && echo "manual: $checked things, all explained"
exit $broken
