/* Faults of a whole reply, whatever it answers. */
#include "sandbox/faults_acts.h"

#include <string.h>

#include "sandbox/state.h"

#define HTML "text/html; charset=utf-8"

static const char maintenance[] =
	"<!DOCTYPE html>\n<html><head><title>Exact Online</title></head>"
	"<body><h1>Maintenance</h1><p>Exact Online is temporarily not "
	"available.</p></body></html>\n";

/* `type` NULL: without a Content-Type. */
static void replace(struct exchange_reply *reply, int status, const char *type,
	const char *body)
{
	reply->status = status;
	reply->header_count = 0;
	buf_reset(&reply->body);
	buf_puts(&reply->body, body);
	if (type)
		exchange_reply_header(reply, "Content-Type", type);
}

void faults_reply_none(struct sandbox *sandbox, struct turn *turn,
	const struct faults_set *set)
{
	(void)sandbox;
	(void)set;
	turn->reply->cut = EXCHANGE_NO_REPLY;
}

void faults_reply_late(struct sandbox *sandbox, struct turn *turn,
	const struct faults_set *set)
{
	(void)sandbox;
	(void)set;
	turn->reply->delay_ms += 35000;
}

void faults_reply_empty_200(struct sandbox *sandbox, struct turn *turn,
	const struct faults_set *set)
{
	(void)sandbox;
	(void)set;
	replace(turn->reply, 200, NULL, "");
}

void faults_reply_empty(struct sandbox *sandbox, struct turn *turn,
	const struct faults_set *set)
{
	(void)sandbox;
	(void)set;
	buf_reset(&turn->reply->body);
}

void faults_reply_truncated(struct sandbox *sandbox, struct turn *turn,
	const struct faults_set *set)
{
	(void)sandbox;
	(void)set;
	turn->reply->cut = EXCHANGE_TRUNCATED;
	turn->reply->cut_after = turn->reply->body.len / 2;
}

void faults_reply_short(struct sandbox *sandbox, struct turn *turn,
	const struct faults_set *set)
{
	struct buf *body = &turn->reply->body;
	struct buf half;

	(void)sandbox;
	(void)set;
	buf_init(&half, body->max);
	buf_append(&half, body->data, body->len / 2);
	buf_free(body);
	*body = half;
}

void faults_reply_maintenance(struct sandbox *sandbox, struct turn *turn,
	const struct faults_set *set)
{
	(void)sandbox;
	(void)set;
	replace(turn->reply, 200, HTML, maintenance);
}

void faults_reply_login_redirect(struct sandbox *sandbox, struct turn *turn,
	const struct faults_set *set)
{
	(void)sandbox;
	(void)set;
	replace(turn->reply, 302, HTML,
		"<html><body>Object moved</body></html>\n");
	exchange_reply_header(turn->reply, "Location",
		"/docs/Login.aspx?ReturnUrl=%2fapi%2fv1%2f");
}

void faults_reply_status(struct sandbox *sandbox, struct turn *turn,
	const struct faults_set *set)
{
	(void)sandbox;
	if (set->number != 429) {
		replace(turn->reply, set->number, HTML, maintenance);
		return;
	}
	/* Exact's 429 can come without a body and without quota headers. */
	replace(turn->reply, 429, NULL, "");
	turn->rate = TURN_RATE_NONE;
}

void faults_reply_reason(struct sandbox *sandbox, struct turn *turn,
	const struct faults_set *set)
{
	(void)sandbox;
	replace(turn->reply, 403, "application/json; charset=utf-8",
		"{\"error\":{\"code\":\"\",\"message\":{\"lang\":\"\","
		"\"value\":\"Forbidden\"}}}");
	exchange_reply_header(
		turn->reply, "Reason", set->name + strlen("reason-"));
}

void faults_reply_held(struct sandbox *sandbox, struct turn *turn,
	const struct faults_set *set)
{
	(void)sandbox;
	(void)set;
	turn->reply->cut = EXCHANGE_NEVER;
}
