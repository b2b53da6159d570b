#!/bin/sh
# demo.sh TOP BUILD: the whole line on this machine, from an empty folder to a
# database, against a sandbox on loopback. Everything is left in a folder that
# the last lines name.
set -eu
top=$1
build=$2
connector=$build/exact-connector
ledger=$(ls "$top"/tests/data/ledger/*FEC*.txt | head -1)
dir=$(mktemp -d "${TMPDIR:-/tmp}/exact-demo.XXXXXX")
state=$dir/state
db=$state/companies/demo.db

step() {
	printf '\n\033[1m%s\033[0m\n' "$*"
}
run() {
	printf '$ exact-connector'
	printf ' %s' "$@"
	printf '\n'
	"$connector" --state "$state" "$@"
}

step '1. An Exact Online on this machine, with a real-looking ledger in it'
"$build/exact-sandbox" --listen 127.0.0.1:0 --url-file "$dir/url" \
	--ledger "$ledger" --log "$dir/requests.log" --auto-consent \
	>"$dir/sandbox.out" 2>&1 &
sandbox=$!
trap 'kill $sandbox 2>/dev/null || :' EXIT INT TERM
tries=0
while [ ! -s "$dir/url" ]; do
	tries=$((tries + 1))
	[ $tries -lt 100 ] || { cat "$dir/sandbox.out" >&2; exit 1; }
	sleep 0.1
done
url=$(cat "$dir/url")
cat "$dir/sandbox.out"

step '2. A configuration, a key, a company'
run init --sandbox "$url"
run company add demo --name 'Demo company' --region nl --division 100001

step '3. Sign in: the whole OAuth flow, with curl as the browser'
# On a port that is free, to which curl takes what is meant for the redirect
# URI's.
"$connector" --state "$state" login demo --listen 127.0.0.1:0 >"$dir/login.out" 2>"$dir/login.err" &
login=$!
tries=0
while ! grep -q '^listening' "$dir/login.out"; do
	tries=$((tries + 1))
	[ $tries -lt 100 ] && kill -0 $login 2>/dev/null || {
		cat "$dir/login.out" "$dir/login.err" >&2
		exit 1
	}
	sleep 0.1
done
port=$(sed -n 's,^listening on http://127.0.0.1:\([0-9]*\)/.*,\1,p' \
	"$dir/login.out")
curl --silent --show-error --location \
	--connect-to "127.0.0.1:8910:127.0.0.1:$port" --output "$dir/page.html" \
	"$(grep '/api/oauth2/auth' "$dir/login.out")"
wait $login || { cat "$dir/login.err" >&2; exit 1; }
tail -1 "$dir/login.out"

step '4. Fetch the general ledger'
run sync demo

step '5. Again: nothing new, one call a stream'
run sync demo 2>/dev/null

step '6. What is in the database'
query() {
	printf '$ sqlite3 demo.db "%s"\n' "$1"
	sqlite3 "$db" "$1"
}
query 'SELECT count(*) AS entries FROM journal_entries'
query 'SELECT round(sum(net_amount), 2) FROM journal_entry_lines WHERE net_amount > 0'
query 'SELECT sum(net_amount_e4) / 10000.0 AS all_lines_sum_to_zero FROM journal_entry_lines'
query 'SELECT nominal_code, name FROM chart_of_accounts ORDER BY nominal_code LIMIT 3'
refused=$(grep -c '"status":429' "$dir/requests.log" || :)
printf '\n%s requests reached the sandbox, %s were refused.\n' \
	"$(grep -vc '/control/' "$dir/requests.log")" "$refused"
[ "$refused" = 0 ]

step 'Yours to open'
cat <<EOF
  sqlite3 $db
  $connector --state $state status
  $connector --state $state export demo journalEntries | head -1
The sandbox ends with this demo; its log is $dir/requests.log
EOF
