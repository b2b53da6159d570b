#include "connector/gate_account.h"

#include <errno.h>
#include <stdlib.h>

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
	return (struct ratelimit_headers){
		.minute_limit = header_number(
			response, "X-RateLimit-Minutely-Limit"),
		.minute_remaining = header_number(
			response, "X-RateLimit-Minutely-Remaining"),
		.minute_reset_ms = header_number(
			response, "X-RateLimit-Minutely-Reset"),
		.day_limit = header_number(response, "X-RateLimit-Limit"),
		.day_remaining = header_number(
			response, "X-RateLimit-Remaining"),
		.day_reset_ms = header_number(response, "X-RateLimit-Reset"),
		.date_ms = gate_account_date(response),
	};
}

static void note_left(
	struct gate_account *account, const struct ratelimit_verdict *verdict)
{
	account->counts->minute_left = verdict->minute_left;
	account->counts->day_left = verdict->day_left;
}

/* `state` is locked. */
static int ask_and_spend(struct gate_account *account,
	struct ratelimit_state *state, struct instant now,
	struct ratelimit_verdict *ret, struct error *err)
{
	*ret = ratelimit_ask(state, account->limits, now);
	if (!ret->go)
		return 0;
	int ticket = ratelimit_spend(state, now);
	int fail = ledger_save(account->ledger, err);
	if (fail)
		return fail;
	account->ticket = ticket;
	ret->minute_left--;
	ret->day_left--;
	return 0;
}

int gate_account_take(struct gate_account *account, struct instant now,
	struct gate_permit *ret, struct error *err)
{
	struct ratelimit_state *state;
	struct gate_permit permit = { 0 };
	int fail = ledger_lock(
		account->ledger, account->limits, now, &state, err);
	if (fail)
		return fail;
	permit.blocked_until = endpoint_blocked(state, account->endpoint, now);
	permit.struck = endpoint_struck(state, account->endpoint, now);
	if (permit.blocked_until == 0)
		fail = ask_and_spend(account, state, now, &permit.verdict, err);
	ledger_unlock(account->ledger);
	if (fail)
		return fail;
	if (permit.blocked_until == 0)
		note_left(account, &permit.verdict);
	*ret = permit;
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
	/* After a time-out of ours the server may yet count the call, so its
	 * token comes back when no exchange can live any more. */
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
	(void)fail;
	ledger_unlock(account->ledger);
	note_left(account, &verdict);
}
