#!/bin/sh
# demo.sh TOP BUILD: the whole line on this machine, from an empty folder to a
# database, against a sandbox on loopback. Everything is left in a folder that
# the last lines name.
set -eu
top=$1
build=$2
connector=$build/exact-connector
dir=$(mktemp -d "${TMPDIR:-/tmp}/exact-demo.XXXXXX")
state=$dir/state
db=$state/companies/demo.db
sandbox=

bold= plain=
if [ -t 1 ] && [ "${TERM:-dumb}" != dumb ] && [ -z "${NO_COLOR:-}" ]; then
	bold=$(printf '\033[1m') plain=$(printf '\033[0m')
fi

end() { # whatever happens, no process stays
	[ -z "$sandbox" ] || kill "$sandbox" 2>/dev/null || :
	[ -z "$sandbox" ] || wait "$sandbox" 2>/dev/null || :
}
trap end EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

step() {
	printf '\n%s%s%s\n' "$bold" "$*" "$plain"
}
show() { # the command as one would type it
	printf '$ exact-connector'
	for word in "$@"; do
		case $word in
		*[!A-Za-z0-9._:/-]*) printf " '%s'" "$word" ;;
		*) printf ' %s' "$word" ;;
		esac
	done
	printf '\n'
}
run() {
	show "$@"
	"$connector" --state "$state" "$@"
}

step '1. An Exact Online on this machine, with a real-looking company in it'
"$build/exact-sandbox" --listen 127.0.0.1:0 --url-file "$dir/url" \
	--seed 1 --size small --dump-truth "$dir/truth" --log "$dir/requests.log" --auto-consent \
	--latency 100 >"$dir/sandbox.out" 2>&1 &
sandbox=$!
tries=0
while [ ! -s "$dir/url" ]; do
	tries=$((tries + 1))
	[ $tries -lt 300 ] && kill -0 "$sandbox" 2>/dev/null || {
		cat "$dir/sandbox.out" >&2
		exit 1
	}
	sleep 0.1
done
url=$(cat "$dir/url")
cat "$dir/sandbox.out"

step '2. A configuration, a key, a company'
run init --sandbox "$url"
run company add demo --name 'Demo company' --region nl --division 100001

step '3. Sign in: the whole OAuth flow, with curl as the browser'
show login demo --url
"$connector" --state "$state" login demo --url >"$dir/address"
redirected=$(curl --silent --show-error --output "$dir/page.html" \
	--write-out '%{redirect_url}' "$(cat "$dir/address")")
show login demo --callback
printf '%s\n' "$redirected" |
	"$connector" --state "$state" login demo --callback

step '4. Fetch everything the app may read'
run sync demo

step '5. Again: nothing new, at most one call a stream'
run sync demo

step '6. What is in the database, and what the books say'
# query SQL, data type, sum: the sum over that type's records of the truth that
# the sandbox wrote when it made the books, added up as whole ten-thousandths.
query() {
	printf '$ sqlite3 demo.db "%s"\n' "$1"
	got=$(sqlite3 "$db" "$1")
	true=$(sqlite3 :memory: "
		WITH lines AS (SELECT value FROM json_each('[' || replace(
			rtrim(readfile('$dir/truth'), char(10)), char(10), ',')
			|| ']') WHERE json_extract(value, '\$.dataType') = '$2'),
		records AS (SELECT json_extract(value, '\$.record') AS r
			FROM lines)
		SELECT sum(e4) / 10000.0 FROM (SELECT CAST(round(
			CAST(amount AS REAL) * 10000) AS INTEGER) AS e4 FROM ($3))")
	printf '%-24s the books: %s\n' "$got" "$true"
	[ "$(printf '%.2f' "$got")" = "$(printf '%.2f' "$true")" ] || {
		echo 'demo: that is not what the books say' >&2
		exit 1
	}
}
query 'SELECT sum(total_amount) FROM invoices WHERE total_amount > 100' \
	invoices "SELECT json_extract(r, '\$.totalAmount') AS amount
		FROM records WHERE CAST(amount AS REAL) > 100"
echo '  (of all currencies; it is mostly sales in yen. By currency:)'
query "SELECT sum(total_amount) FROM invoices WHERE total_amount > 100
    AND currency = 'EUR'" \
	invoices "SELECT json_extract(r, '\$.totalAmount') AS amount
		FROM records WHERE CAST(amount AS REAL) > 100
		AND json_extract(r, '\$.currency') = 'EUR'"
query "SELECT sum(amount_due) FROM invoices
    WHERE currency = 'EUR' AND status <> 'Draft'" \
	invoices "SELECT json_extract(r, '\$.amountDue') AS amount
		FROM records WHERE json_extract(r, '\$.currency') = 'EUR'
		AND json_extract(r, '\$.status') <> 'Draft'"
query "SELECT sum(tax_amount) FROM bills
    WHERE currency = 'EUR' AND status <> 'Void'" \
	bills "SELECT json_extract(r, '\$.taxAmount') AS amount
		FROM records WHERE json_extract(r, '\$.currency') = 'EUR'
		AND json_extract(r, '\$.status') <> 'Void'"
query 'SELECT sum(net_amount) FROM journal_entry_lines
    WHERE net_amount > 0' \
	journalEntries "SELECT json_extract(value, '\$.netAmount') AS amount
		FROM records, json_each(r, '\$.journalLines')
		WHERE CAST(amount AS REAL) > 0"
refused=$(grep -c '"status":429' "$dir/requests.log" || :)
printf '\n%s requests reached the sandbox, %s were refused.\n' \
	"$(grep -vc '/control/' "$dir/requests.log")" "$refused"
[ "$refused" = 0 ]

step 'Yours to open'
cat <<END
  sqlite3 $db
  $connector --state $state status
  $connector --state $state export demo invoices | head -1
The sandbox ends with this demo; its log is $dir/requests.log
END
