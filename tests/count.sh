#!/bin/sh
# count.sh BUILD-DIR CHECK-CODE DISTCHECK-CODE: adds up what the runners' logs
# say and prints, last, "N passed, N failed, N skipped"; exits 1 when anything
# failed. Check prints "100%: Checks: 7, Failures: 0, Errors: 0", unittest
# "Ran 9 tests" and "FAILED (failures=1)"; any other test counts as one, and
# so does distcheck. What failed without saying so is one failure: a program
# that crashed, a check program or a unittest that ran nothing, a make check
# that never came to its tests. A test that prints "SKIPPED: no sample X" ran,
# and is counted; what it did not look at is one more skipped.
set -eu
cd "$1"
find . -name '*.trs' ! -path './exact-connector-[0-9]*' | sort |
	while read -r trs; do
		result=$(sed -n 's/^:test-result: //p' "$trs")
		log=${trs%.trs}.log
		[ -f "$log" ] || log=/dev/null
		counts=no
		case $trs in
		*/check_* | */test_*) counts=yes ;;
		esac
		awk -v result="$result" -v counts="$counts" '
		/^[0-9]+%: Checks: / {
			gsub(",", "")
			total += $3
			failed += $5 + $7
			known = 1
		}
		/^SKIPPED: / { absent++ }
		/^Ran [0-9]+ tests?/ { total += $2; known = 1 }
		/^FAILED \(|^OK \(/ {
			gsub("expected failures", "expected")
			gsub("unexpected successes", "failures")
			n = split($0, part, /[(), ]+/)
			for (i = 1; i <= n; i++) {
				split(part[i], pair, "=")
				if (pair[1] == "failures" || pair[1] == "errors")
					failed += pair[2]
				if (pair[1] == "skipped")
					skipped += pair[2]
			}
		}
		END {
			bad = result != "PASS" && result != "SKIP"
			if (result == "SKIP") {
				total = skipped = total > 0 ? total : 1
				failed = 0
			} else if (!known && counts == "no") {
				total = 1
				failed = bad
			} else if (!failed && (bad || total == 0)) {
				total++
				failed = 1
			}
			print total - failed - skipped, failed + 0, skipped + absent
		}' "$log"
	done | awk -v check="$2" -v dist="$3" '
	{ passed += $1; failed += $2; skipped += $3 }
	END {
		if (check != 0 && failed == 0 || NR == 0)
			failed++
		if (dist == 0)
			passed++
		else
			failed++
		printf "\n%d passed, %d failed, %d skipped\n", \
			passed, failed, skipped
		exit failed > 0
	}'
