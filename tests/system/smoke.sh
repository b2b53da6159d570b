#!/bin/sh
# The programs as they are shipped, on the real clock: the demo runs from an
# empty folder to the database, and its figures are the ledger's.
set -u
for tool in curl sqlite3; do
	command -v $tool >/dev/null 2>&1 || {
		echo "$tool is not installed: the demo is not run"
		exit 77
	}
done
TMPDIR=$(mktemp -d)
export TMPDIR
trap 'rm -rf "$TMPDIR"' EXIT
sh "${top_srcdir:-.}/dist/demo.sh" "${top_srcdir:-.}" "${top_builddir:-.}" \
	>"$TMPDIR/out" 2>&1
code=$?
cat "$TMPDIR/out"
[ $code -eq 0 ] || exit 1
broken=0
expect() {
	grep -qF "$1" "$TMPDIR/out" || {
		echo "smoke: the demo should have printed: $1"
		broken=1
	}
}
expect 'journalEntries           369         369           0           0'
expect 'journalEntries           369           0           0           0'
expect '898794.867               the books: 898794.867'
expect '91357.05                 the books: 91357.05'
expect ', 0 were refused.'
exit $broken
