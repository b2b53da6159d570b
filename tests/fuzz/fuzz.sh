#!/bin/sh
# fuzz.sh [SECONDS]: builds each fuzzer with clang's libFuzzer and sanitizers
# and lets it run on its seeds, a minute each unless told otherwise; FUZZERS
# names the ones to run. A fuzzer's head says what it is built from, in
# "sources: oauth/callback.c base/" (a folder: all of it). Works in a
# temporary folder, so that what it finds grows there and not in the tree; an
# input that broke something is printed, and the exit code is 1.
set -u
seconds=${1:-${SECONDS_EACH:-60}}
cd "${top_srcdir:-.}" || exit 1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
: "${CLANG:=clang}"
: "${FUZZERS:=$(ls tests/fuzz/fuzz_*.c | sed 's,.*/fuzz_,,; s,\.c$,,')}"
libraries=$(pkg-config --cflags --libs libcjson libcrypto libcurl \
	libmicrohttpd) || exit 1
broken=0
for thing in $FUZZERS; do
	fuzzer=tests/fuzz/fuzz_$thing.c
	list=
	for file in $(sed -n 's/^ \* sources: //p' "$fuzzer"); do
		case $file in
		*/) list="$list $file*.c" ;;
		*) list="$list $file" ;;
		esac
	done
	if [ -z "$list" ]; then
		echo "$thing: its head has no line \" * sources: FILES\""
		broken=1
		continue
	fi
	# shellcheck disable=SC2086
	if ! "$CLANG" -std=c17 -g -O1 -D_GNU_SOURCE -DEXACT_FAULTS=1 -I. \
		-fsanitize=fuzzer,address,undefined \
		-fno-sanitize-recover=undefined "$fuzzer" $list \
		-o "$work/$thing" $libraries 2>"$work/build.log"; then
		echo "$thing: does not build:"
		head -20 "$work/build.log"
		broken=1
		continue
	fi
	mkdir "$work/corpus"
	if (cd "$work" && "./$thing" -max_total_time="$seconds" \
		-print_final_stats=1 -timeout=10 corpus \
		"$OLDPWD/tests/fuzz/seeds/$thing" >"$thing.log" 2>&1); then
		echo "$thing: $(sed -n \
			's/^stat::number_of_executed_units: *//p' \
			"$work/$thing.log") executions, no finding"
	else
		echo "$thing: FOUND"
		tail -40 "$work/$thing.log"
		for input in "$work"/crash-* "$work"/leak-* "$work"/timeout-*; do
			[ ! -f "$input" ] || od -A x -t x1z "$input" | head -40
		done
		broken=1
	fi
	rm -rf "$work/corpus" "$work"/crash-* "$work"/leak-* "$work"/timeout-*
done
exit $broken
