#include "connector/gate_account.h"

#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "base/when.h"
#include "ratelimit/endpoint.h"
#include "store/ledger.h"

static int64_t header_number(
	const struct http_response *response, const char *name)
{
	char text[32];
	char *end;
	if (!http_response_header(response, name, text, sizeof(text)) ||
		text[0] < '0' || text[0] > '9')
		return -1;
	errno = 0;
	long long number = strtoll(text, &end, 10);
	return errno == 0 && *end == '\0' ? number : -1;
}

int64_t gate_account_date(const struct http_response *response)
{
	char text[64];
	int64_t date;
	if (!http_response_header(response, "Date", text, sizeof(text)) ||
		when_parse_http(text, &date) != 0)
		return -1;
	return date;
}

static struct ratelimit_headers read_headers(
	const struct http_response *response)
{
	static const struct {
		const char *name;
		size_t offset;
	} rows[] = {
#define ROW(name, member) { name, offsetof(struct ratelimit_headers, member) }
		ROW("X-RateLimit-Minutely-Limit", minute_limit),
		ROW("X-RateLimit-Minutely-Remaining", minute_remaining),
		ROW("X-RateLimit-Minutely-Reset", minute_reset_ms),
		ROW("X-RateLimit-Limit", day_limit),
		ROW("X-RateLimit-Remaining", day_remaining),
		ROW("X-RateLimit-Reset", day_reset_ms),
#undef ROW
	};
	struct ratelimit_headers headers = { .date_ms = gate_account_date(
						     response) };
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		int64_t number = header_number(response, rows[i].name);
		memcpy((char *)&headers + rows[i].offset, &number,
			sizeof(number));
	}
	return headers;
}

int gate_account_blocked(struct gate_account *account, struct instant now,
	int64_t *ret_until, int *ret_struck, struct error *err)
{
	struct ratelimit_state *state;
	int fail = ledger_lock(
		account->ledger, account->limits, now, &state, err);
	if (fail)
		return fail;
	*ret_until = endpoint_blocked(state, account->endpoint, now);
	*ret_struck = endpoint_struck(state, account->endpoint, now);
	ledger_unlock(account->ledger);
	return 0;
}

int gate_account_take(struct gate_account *account, struct instant now,
	struct ratelimit_verdict *ret, struct error *err)
{
	struct ratelimit_state *state;
	int fail = ledger_lock(
		account->ledger, account->limits, now, &state, err);
	if (fail)
		return fail;
	struct ratelimit_verdict verdict = ratelimit_ask(
		state, account->limits, now);
	if (verdict.go) {
		int ticket = ratelimit_spend(state, now);
		fail = ledger_save(account->ledger, err);
		if (!fail) {
			account->ticket = ticket;
			verdict.minute_left--;
			verdict.day_left--;
		}
	}
	ledger_unlock(account->ledger);
	if (fail)
		return fail;
	account->counts->minute_left = verdict.minute_left;
	account->counts->day_left = verdict.day_left;
	*ret = verdict;
	return 0;
}

void gate_account_give(struct gate_account *account, struct instant now,
	const struct http_response *response)
{
	struct ratelimit_headers headers = { -1, -1, -1, -1, -1, -1, -1 };
	struct ratelimit_state *state;
	struct error ignored;
	int ticket = account->ticket;
	int status = 0;
	account->ticket = 0;
	/* A time-out is our own end of it: the server may count it yet, so
	 * its token comes back when no exchange can live any more. */
	if (ticket == 0 || (response && response->outcome == HTTP_TIMED_OUT))
		return;
	if (response && response->outcome != HTTP_UNSENT) {
		status = response->status;
		headers = read_headers(response);
	}
	int fail = ledger_lock(
		account->ledger, account->limits, now, &state, &ignored);
	if (fail)
		return;
	ratelimit_answer(state, now, ticket, status, &headers);
	endpoint_answer(state, account->endpoint, now, status, &headers);
	struct ratelimit_verdict verdict = ratelimit_ask(
		state, account->limits, now);
	fail = ledger_save(account->ledger, &ignored);
	ledger_unlock(account->ledger);
	(void)fail;
	account->counts->minute_left = verdict.minute_left;
	account->counts->day_left = verdict.day_left;
}
