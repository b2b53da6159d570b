#!/bin/sh
# fuzz.sh [SECONDS]: builds each fuzzer with clang's libFuzzer and sanitizers
# and lets it run on its seeds, a minute each unless told otherwise. Works in
# a temporary folder; a finding is printed and the exit code is 1.
set -u
seconds=${1:-60}
top=${top_srcdir:-.}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
found=0
sources="$top/base/*.c $top/http/url.c $top/http/exchange.c
	$top/oauth/callback.c $top/connector/page.c $top/connector/entity.c"
for fuzzer in "$top"/tests/fuzz/fuzz_*.c; do
	name=$(basename "$fuzzer" .c)
	thing=${name#fuzz_}
	extra=$(sed -n 's/^ \* sources: //p' "$fuzzer" | tr '\n' ' ')
	list=
	for file in ${extra:-$sources}; do
		case $file in
		/*) list="$list $file" ;;
		*) list="$list $top/$file" ;;
		esac
	done
	# shellcheck disable=SC2086
	if ! clang -std=c17 -g -O1 -D_GNU_SOURCE -DEXACT_FAULTS=1 -I"$top" \
		-fsanitize=fuzzer,address,undefined "$fuzzer" $list \
		-o "$work/$name" $(pkg-config --cflags --libs libcjson \
		libcrypto libcurl libmicrohttpd) 2>"$work/build.log"; then
		echo "$name: does not build here:"
		head -5 "$work/build.log"
		found=1
		continue
	fi
	mkdir -p "$work/corpus-$name"
	cp "$top/tests/fuzz/seeds/$thing"/* "$work/corpus-$name/"
	if (cd "$work" && "./$name" -max_total_time="$seconds" \
		-print_final_stats=1 "corpus-$name" >"$name.log" 2>&1); then
		echo "$name: $(sed -n 's/^stat::number_of_executed_units: *//p' \
			"$work/$name.log") executions, no finding"
	else
		echo "$name: FOUND"
		tail -40 "$work/$name.log"
		found=1
	fi
done
exit $found
