#!/bin/sh
# count.sh BUILD-DIR DISTCHECK-CODE: adds up what the runners' logs say and
# prints "N passed, N failed, N skipped". Check prints "100%: Checks: 7,
# Failures: 0, Errors: 0", unittest "Ran 9 tests" and "FAILED (failures=1)";
# a script without either counts as one.
set -eu
cd "$1"
dist=$2
find . -name '*.trs' | grep -v '/_inst\|exact-connector-[0-9]' | sort |
	while read -r trs; do
		log=${trs%.trs}.log
		result=$(sed -n 's/^:test-result: //p' "$trs")
		awk -v result="$result" '
		/^[0-9]+%: Checks: / {
			gsub(",", ""); total += $3; failed += $5 + $7; known = 1
		}
		/^Ran [0-9]+ tests?/ { total += $2; known = 1 }
		/^FAILED \(|^OK \(/ {
			line = $0; known = 1
			n = split(line, part, /[(), ]+/)
			for (i = 1; i <= n; i++) {
				split(part[i], pair, "=")
				if (pair[1] == "failures" || pair[1] == "errors")
					failed += pair[2]
				if (pair[1] == "skipped") skipped += pair[2]
			}
		}
		/^skipped: / { skipped++ }
		END {
			if (!known) { total = 1; failed = (result == "FAIL" || result == "ERROR") }
			else if ((result == "FAIL" || result == "ERROR") && !failed) { failed = 1; if (!total) total = 1 }
			if (result == "SKIP") { skipped = total ? total : 1; total = skipped }
			print total - failed - skipped + 0, failed + 0, skipped + 0
		}' "$log"
	done | awk -v dist="$dist" '
	{ passed += $1; failed += $2; skipped += $3 }
	END {
		if (dist == 0) passed++; else failed++
		printf "\n%d passed, %d failed, %d skipped\n", passed, failed, skipped
	}'
