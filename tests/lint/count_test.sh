#!/bin/sh
# tests/count.sh on made-up logs: each case is a file name, its result, what
# its log says, and what the last line must then be.
set -u
count=$(cd "${top_srcdir:-.}" && pwd)/tests/count.sh
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1
broken=0

add() { # name, result, log
	mkdir -p tests
	printf ':test-result: %s\n' "$2" >"tests/$1.trs"
	printf '%b' "$3" >"tests/$1.log"
}
expect() { # what, check's code, distcheck's code, last line, exit code
	line=$(sh "$count" . "$2" "$3" | tail -1; :)
	sh "$count" . "$2" "$3" >/dev/null
	code=$?
	if [ "$line" != "$4" ] || [ $code -ne "$5" ]; then
		echo "count: $1: printed '$line' and left with $code," \
			"not '$4' and $5"
		broken=1
	fi
	rm -rf tests
}

expect 'no test ever ran' 0 0 '1 passed, 1 failed, 0 skipped' 1

add check_a PASS '100%: Checks: 7, Failures: 0, Errors: 0\n'
add test_b PASS 'Ran 9 tests in 1.0s\n\nOK (skipped=2)\n'
add lint PASS 'clean\n'
expect 'all is well' 0 0 '16 passed, 0 failed, 2 skipped' 0

add check_a PASS 'SKIPPED: no x\nSKIPPED: no y\n100%: Checks: 7, Failures: 0, Errors: 0\n'
expect 'a test that could not look at everything' 0 0 '8 passed, 0 failed, 2 skipped' 0

add check_a PASS '100%: Checks: 7, Failures: 0, Errors: 0\n'
expect 'distcheck failed' 0 2 '7 passed, 1 failed, 0 skipped' 1

add check_a PASS '100%: Checks: 7, Failures: 0, Errors: 0\n'
expect 'make failed after the tests' 2 0 '8 passed, 1 failed, 0 skipped' 1

add check_a FAIL '57%: Checks: 7, Failures: 2, Errors: 1\n'
add test_b FAIL 'Ran 9 tests\nFAILED (failures=1, errors=2, skipped=1)\n'
expect 'failures and errors' 2 0 '10 passed, 6 failed, 1 skipped' 1

add check_a FAIL 'Aborted\n'
expect 'a crash' 2 0 '1 passed, 1 failed, 0 skipped' 1

add check_a FAIL '100%: Checks: 7, Failures: 0, Errors: 0\nleak\n'
expect 'a leak after the last test' 2 0 '8 passed, 1 failed, 0 skipped' 1

add check_a PASS ''
add test_b PASS 'Ran 0 tests in 0.0s\n\nOK\n'
expect 'programs that ran nothing' 0 0 '1 passed, 2 failed, 0 skipped' 1

add check_a ERROR ''
rm tests/check_a.log
expect 'a test without a log' 2 0 '1 passed, 1 failed, 0 skipped' 1

add demo SKIP 'no curl\n'
add fuzz_x PASS 'x: 12 seeds\n'
add fuzz_y FAIL ''
expect 'scripts count as one' 2 0 '2 passed, 1 failed, 1 skipped' 1

add test_b FAIL 'Ran 3 tests\nFAILED (expected failures=1, unexpected successes=1)\n'
expect 'an unexpected success' 2 0 '3 passed, 1 failed, 0 skipped' 1

add check_a PASS '100%: Checks: 7, Failures: 0, Errors: 0\n'
mkdir exact-connector-0.1.0
cp -r tests exact-connector-0.1.0
expect "distcheck's own logs do not count" 0 0 '8 passed, 0 failed, 0 skipped' 0

[ $broken -eq 0 ] && echo 'count: adds up'
exit $broken
