#!/bin/sh
# tests/lint/manual.sh on a copy of the papers from which one thing of each
# kind was taken: it must leave with 1 and name every one. And on a table that
# its patterns do not find any more.
set -u
top=$(cd "${top_srcdir:-.}" && pwd)
build=$(cd "${top_builddir:-.}" && pwd)
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
broken=0
cases=0

copy() {
	rm -rf "$work/top"
	mkdir -p "$work/top/app" "$work/top/connector" "$work/top/model"
	cp -r "$top/man" "$top/doc" "$work/top"
	cp "$top/app/settings.c" "$top/app/exit_code.h" "$work/top/app"
	cp "$top"/connector/entity*.c "$top/connector/region.c" \
		"$work/top/connector"
	cp "$top"/model/*.c "$work/top/model"
	chmod -R u+w "$work/top"
	: >"$work/gaps"
}
take() { # FILE, the sed program that takes it, words of the gap
	sed "$2" "$work/top/$1" >"$work/file"
	if cmp -s "$work/file" "$work/top/$1"; then
		echo "manual_test: nothing was taken out of $1 by $2"
		broken=1
	fi
	cp "$work/file" "$work/top/$1"
	echo "$3" >>"$work/gaps"
}
look() { # the exit code that manual.sh must leave with
	MANUAL_WORDS_ALONE=1 top_srcdir=$work/top top_builddir=$build \
		sh "$top/tests/lint/manual.sh" >"$work/said"
	code=$?
	if [ $code -ne "$1" ]; then
		echo "manual_test: manual.sh left with $code, not $1:"
		cat "$work/said"
		broken=1
	fi
	while read -r gap; do
		cases=$((cases + 1))
		grep -qF -e "$gap" "$work/said" && continue
		echo "manual_test: not told: $gap"
		broken=1
	done <"$work/gaps"
}

copy
look 0

copy
take man/exact-connector.1 '/^\.B \\-\\-count/d' "option '--count'"
take man/exact-sandbox.1 '/broad/d' "option '--broad-408'"
take man/exact-connector.1 '/^\.B taxRates/d' "data type 'taxRates\$'"
take doc/data-types.md '/^## taxRates/d' \
	"no chapter on the data type 'taxRates'"
take model/journals.c 's/^	\.name = "journals"/	.name = "days"/' \
	"data type 'days\$'"
take doc/data-types.md '/^| `financial\/Journals`/d' \
	"the entity 'financial/Journals'"
take connector/entity_lists.c \
	'/GLAccounts"/,/scope/s/financial.generalledgers/financial.assets/' \
	"'sync/Financial/GLAccounts' and its scope 'financial.assets'"
take man/exact-connector.conf.5 '/financial\.budgets/d' \
	"scope 'financial.budgets'"
take man/exact-sandbox.1 '/^\.B late/d' "fault 'late-row'"
take man/exact-connector.1 '/^\.SH "EXIT/,/^\.SH [^"]/{/^\.B 5/d;}' \
	"exit code '5'"
take app/exit_code.h 's/^	EXIT_INTERRUPTED = 8/	EXIT_BORED = 9,\n&/' \
	"exit code '9'"
take man/exact-connector.conf.5 's/receiver_is_ours/x/' \
	"setting 'regions.REGION.receiver_is_ours'"
take connector/region.c 's/^	{ .name = "uk"/	{ .name = "be"/' \
	"region 'be'"
take app/settings.c 's/^	{ .name = "log.level"/	{ .name = "log.file"/' \
	"setting 'log.file'"
take man/exact-sandbox.1 '/^\.B skew/d' "control action 'skew'"
look 1

copy
for area in ledger lists trade system; do
	take connector/entity_$area.c 's/^	\.path =/	.route =/' \
		'no entity was found'
done
look 1

[ $broken -eq 0 ] && echo "manual_test: $cases gaps, all told"
exit $broken
