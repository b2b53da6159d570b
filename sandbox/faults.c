#include "sandbox/faults.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct faults_row {
	const char *name;
	enum faults_kind kind;
	int64_t ms;      /* for FAULTS_CLOCK_AHEAD */
	bool token_only; /* met by token requests alone */
	bool before;     /* a token request is not processed */
	const char *help;
};

static const struct faults_row table[] = {
	{ .name = "no-reply",
		.kind = FAULTS_NO_REPLY,
		.help = "processed, then closed without a byte" },
	{ .name = "token-lost",
		.kind = FAULTS_TOKEN_LOST,
		.token_only = true,
		.help = "a token request: processed, reply never sent" },
	{ .name = "slow-token",
		.kind = FAULTS_SLOW_TOKEN,
		.token_only = true,
		.help = "a token request: processed, reply 35 s later" },
	{ .name = "empty-token",
		.kind = FAULTS_EMPTY_TOKEN,
		.token_only = true,
		.before = true,
		.help = "a token request: 200, empty, nothing issued" },
	{ .name = "empty-token-lost",
		.kind = FAULTS_EMPTY_TOKEN_LOST,
		.token_only = true,
		.help = "a token request: processed, then 200 and empty" },
	{ .name = "truncate",
		.kind = FAULTS_TRUNCATE,
		.help = "processed; half of the body, then closed" },
	{ .name = "short-body",
		.kind = FAULTS_SHORT_BODY,
		.help = "processed; half of the body as if it were all" },
	{ .name = "empty",
		.kind = FAULTS_EMPTY,
		.help = "processed; the status stays, the body is empty" },
	{ .name = "html-200",
		.kind = FAULTS_HTML_200,
		.before = true,
		.help = "a maintenance page with status 200" },
	{ .name = "hold",
		.kind = FAULTS_HOLD,
		.help = "processed; nothing is sent, it stays open" },
	{ .name = "reset-past",
		.kind = FAULTS_RESET_PAST,
		.help = "quota resets were an hour ago" },
	{ .name = "reset-seconds",
		.kind = FAULTS_RESET_SECONDS,
		.help = "quota resets in seconds, not milliseconds" },
	{ .name = "reset-far",
		.kind = FAULTS_RESET_FAR,
		.help = "quota resets are a thousand days ahead" },
	{ .name = "no-rates",
		.kind = FAULTS_NO_RATES,
		.help = "no quota headers" },
	{ .name = "no-date", .kind = FAULTS_NO_DATE, .help = "no Date header" },
	{ .name = "date-garbage",
		.kind = FAULTS_DATE_GARBAGE,
		.help = "a Date that is none" },
	{ .name = "login-redirect",
		.kind = FAULTS_LOGIN_REDIRECT,
		.before = true,
		.help = "302 to a sign-in page in HTML" },
	{ .name = "error-appended",
		.kind = FAULTS_ERROR_APPENDED,
		.help = "a page of a list, cut, with an error object behind "
			"it" },
	{ .name = "empty-list",
		.kind = FAULTS_EMPTY_LIST,
		.help = "a page of a list without any row or link" },
	{ .name = "repeat-next",
		.kind = FAULTS_REPEAT_NEXT,
		.help = "the link to the next page leads to this page" },
	{ .name = "foreign-next",
		.kind = FAULTS_FOREIGN_NEXT,
		.help = "the link to the next page leads to another host" },
	{ .name = "next-division",
		.kind = FAULTS_NEXT_DIVISION,
		.help = "the link to the next page leads to another division" },
	{ .name = "unordered",
		.kind = FAULTS_UNORDERED,
		.help = "the rows of a page, the last first" },
	{ .name = "row-twice",
		.kind = FAULTS_ROW_TWICE,
		.help = "the first row of a page comes again at its end" },
	{ .name = "late-row",
		.kind = FAULTS_LATE_ROW,
		.help = "a row in the middle of a page is not seen yet" },
	{ .name = "foreign-row",
		.kind = FAULTS_FOREIGN_ROW,
		.help = "the last row of a page names another division" },
	{ .name = "rows-change",
		.kind = FAULTS_ROWS_CHANGE,
		.help = "five rows of the list change just before" },
	{ .name = "rights-lost",
		.kind = FAULTS_RIGHTS_LOST,
		.help = "the user may not read that any more" },
	{ .name = "user-gone",
		.kind = FAULTS_USER_GONE,
		.help = "the user is deactivated" },
	{ .name = "consent-revoked",
		.kind = FAULTS_REVOKED,
		.help = "the user takes the consent back" },
	{ .name = "clock-120s",
		.kind = FAULTS_CLOCK_AHEAD,
		.ms = 120000,
		.help = "the clock of the server is 120 s ahead from now on" },
	{ .name = "clock-1h",
		.kind = FAULTS_CLOCK_AHEAD,
		.ms = 3600000,
		.help = "the clock of the server is 1 h ahead from now on" },
};

#define ROWS (sizeof(table) / sizeof(table[0]))

static const struct faults_row status_row = {
	.name = "status-N",
	.kind = FAULTS_STATUS,
	.before = true,
	.help = "status N (200 to 599), HTML; nothing issued; 429: bare",
};

static const struct faults_row reason_row = {
	.name = "reason-R",
	.kind = FAULTS_REASON,
	.help = "403 with the header Reason: R (letters), as BlockedCustomer",
};

static const struct faults_row *row_of(const char *name, int *ret_status)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyz"
				      "ABCDEFGHIJKLMNOPQRSTUVWXYZ";

	*ret_status = 0;
	for (size_t i = 0; i < ROWS; i++)
		if (strcmp(table[i].name, name) == 0)
			return &table[i];
	if (strncmp(name, "status-", 7) == 0 && strlen(name) == 10 &&
		strspn(name + 7, "0123456789") == 3) {
		long status = strtol(name + 7, NULL, 10);

		if (status >= 200 && status <= 599) {
			*ret_status = (int)status;
			return &status_row;
		}
	}
	if (strncmp(name, "reason-", 7) == 0 && name[7] != '\0' &&
		strspn(name + 7, letters) == strlen(name + 7) &&
		strlen(name) < sizeof(((struct faults_set *)0)->name))
		return &reason_row;
	return NULL;
}

static void forget(struct faults *faults, size_t index)
{
	memmove(&faults->sets[index], &faults->sets[index + 1],
		(faults->set_count - index - 1) * sizeof(faults->sets[0]));
	faults->set_count--;
}

int faults_set(struct faults *faults, const char *name, const char *path,
	const char *user, int after, int count)
{
	struct faults_set *set;
	int status;
	const struct faults_row *row = row_of(name, &status);

	if (row == NULL || strlen(path) >= sizeof(set->path) ||
		strlen(user) >= sizeof(set->user))
		return -1;
	for (size_t i = faults->set_count; i-- > 0;)
		if (strcmp(faults->sets[i].name, name) == 0 &&
			strcmp(faults->sets[i].path, path) == 0 &&
			strcmp(faults->sets[i].user, user) == 0)
			forget(faults, i);
	if (count == 0)
		return 0;
	/* Room is made from those that have nothing left to do. */
	for (size_t i = faults->set_count;
		faults->set_count == FAULTS_MAX && i-- > 0;)
		if (faults->sets[i].count == 0)
			forget(faults, i);
	if (faults->set_count == FAULTS_MAX)
		return -1;
	set = &faults->sets[faults->set_count++];
	*set = (struct faults_set){ .kind = row->kind,
		.status = status,
		.ms = row->ms,
		.after = after,
		.count = count };
	snprintf(set->name, sizeof(set->name), "%s", name);
	snprintf(set->path, sizeof(set->path), "%s", path);
	snprintf(set->user, sizeof(set->user), "%s", user);
	return 0;
}

static bool whole(const char *text, long least, int *ret)
{
	char *end;
	long value = strtol(text, &end, 10);

	if (*text == '\0' || *end != '\0' || value < least || value > 1000000)
		return false;
	*ret = (int)value;
	return true;
}

int faults_parse(struct faults *faults, const char *text)
{
	char parts[4][160] = { "", "", "1", "0" };
	int count;
	int after;

	for (size_t i = 0;; i++) {
		size_t len = strcspn(text, ":");

		if (i == 4 || len >= sizeof(parts[0]))
			return -1;
		memcpy(parts[i], text, len);
		parts[i][len] = '\0';
		if (text[len] == '\0')
			break;
		text += len + 1;
	}
	if (strlen(parts[0]) >= sizeof(faults->sets[0].name) ||
		!whole(parts[2], -1, &count) || !whole(parts[3], 0, &after))
		return -1;
	return faults_set(faults, parts[0], parts[1], "", after, count);
}

const struct faults_set *faults_take(struct faults *faults, const char *target,
	const char *user, bool token_request)
{
	for (size_t i = 0; i < faults->set_count; i++) {
		struct faults_set *set = &faults->sets[i];
		int status;
		const struct faults_row *row = row_of(set->name, &status);

		if (set->count == 0 || row == NULL ||
			(row->token_only && !token_request) ||
			strstr(target, set->path) == NULL ||
			(set->user[0] != '\0' &&
				(user == NULL || strcmp(set->user, user) != 0)))
			continue;
		if (set->after > 0) {
			set->after--;
			continue;
		}
		if (set->count > 0)
			set->count--;
		set->happened++;
		return set;
	}
	return NULL;
}

bool faults_before(const struct faults_set *set)
{
	int status;
	const struct faults_row *row = row_of(set->name, &status);

	return row != NULL && row->before;
}

static void replace(struct exchange_reply *reply, int status, const char *type,
	const char *body)
{
	reply->status = status;
	reply->header_count = 0;
	buf_reset(&reply->body);
	buf_puts(&reply->body, body);
	if (type != NULL)
		exchange_reply_header(reply, "Content-Type", type);
}

static const char maintenance[] =
	"<!DOCTYPE html>\n<html><head><title>Exact Online</title></head>"
	"<body><h1>Maintenance</h1><p>Exact Online is temporarily not "
	"available.</p></body></html>\n";

void faults_apply(const struct faults_set *set, struct exchange_reply *reply)
{
	struct buf half;

	switch (set->kind) {
	case FAULTS_NONE:
		break;
	case FAULTS_NO_REPLY:
	case FAULTS_TOKEN_LOST:
		reply->cut = EXCHANGE_NO_REPLY;
		break;
	case FAULTS_SLOW_TOKEN:
		reply->delay_ms += 35000;
		break;
	case FAULTS_EMPTY_TOKEN:
		replace(reply, 200, NULL, "");
		break;
	case FAULTS_EMPTY_TOKEN_LOST:
	case FAULTS_EMPTY:
		buf_reset(&reply->body);
		break;
	case FAULTS_TRUNCATE:
		reply->cut = EXCHANGE_TRUNCATED;
		reply->cut_after = reply->body.len / 2;
		break;
	case FAULTS_SHORT_BODY:
		buf_init(&half, reply->body.max);
		buf_append(&half, reply->body.data, reply->body.len / 2);
		buf_free(&reply->body);
		reply->body = half;
		break;
	case FAULTS_HTML_200:
		replace(reply, 200, "text/html; charset=utf-8", maintenance);
		break;
	case FAULTS_LOGIN_REDIRECT:
		replace(reply, 302, "text/html; charset=utf-8",
			"<html><body>Object moved</body></html>\n");
		exchange_reply_header(reply, "Location",
			"/docs/Login.aspx?ReturnUrl=%2fapi%2fv1%2f");
		break;
	case FAULTS_STATUS:
		/* A 429 is bare, as Exact's are. */
		if (set->status == 429)
			replace(reply, 429, NULL, "");
		else
			replace(reply, set->status, "text/html; charset=utf-8",
				maintenance);
		break;
	case FAULTS_REASON:
		replace(reply, 403, "application/json; charset=utf-8",
			"{\"error\":{\"code\":\"\",\"message\":{\"lang\":\"\","
			"\"value\":\"Forbidden\"}}}");
		exchange_reply_header(
			reply, "Reason", set->name + strlen("reason-"));
		break;
	case FAULTS_HOLD:
		reply->cut = EXCHANGE_NEVER;
		break;
	case FAULTS_RESET_PAST:
	case FAULTS_RESET_SECONDS:
	case FAULTS_RESET_FAR:
	case FAULTS_NO_RATES:
	case FAULTS_NO_DATE:
	case FAULTS_DATE_GARBAGE:
		break; /* in faults_apply_late() */
	case FAULTS_ERROR_APPENDED:
	case FAULTS_EMPTY_LIST:
	case FAULTS_REPEAT_NEXT:
	case FAULTS_FOREIGN_NEXT:
	case FAULTS_NEXT_DIVISION:
	case FAULTS_UNORDERED:
	case FAULTS_ROW_TWICE:
	case FAULTS_LATE_ROW:
	case FAULTS_FOREIGN_ROW:
		break; /* in faults_page() */
	case FAULTS_ROWS_CHANGE:
	case FAULTS_RIGHTS_LOST:
	case FAULTS_USER_GONE:
	case FAULTS_REVOKED:
	case FAULTS_CLOCK_AHEAD:
		break; /* in faults_act_before() */
	}
}

/* The headers whose name begins so go. */
static void drop(struct exchange_reply *reply, const char *start)
{
	size_t kept = 0;

	for (size_t i = 0; i < reply->header_count; i++) {
		if (strncmp(reply->headers[i].name, start, strlen(start)) == 0)
			continue;
		reply->headers[kept++] = reply->headers[i];
	}
	reply->header_count = kept;
}

static void change_resets(
	struct exchange_reply *reply, int64_t divisor, int64_t plus)
{
	for (size_t i = 0; i < reply->header_count; i++) {
		char *value = reply->headers[i].value;

		if (strstr(reply->headers[i].name, "-Reset") != NULL)
			snprintf(value, sizeof(reply->headers[i].value), "%lld",
				strtoll(value, NULL, 10) / (long long)divisor +
					(long long)plus);
	}
}

void faults_apply_late(
	const struct faults_set *set, struct exchange_reply *reply)
{
	switch (set->kind) {
	case FAULTS_RESET_PAST:
		change_resets(reply, 1, -INT64_C(3600000));
		break;
	case FAULTS_RESET_SECONDS:
		change_resets(reply, 1000, 0);
		break;
	case FAULTS_RESET_FAR:
		change_resets(reply, 1, INT64_C(1000) * 86400000);
		break;
	case FAULTS_NO_RATES:
		drop(reply, "X-RateLimit-");
		break;
	case FAULTS_NO_DATE:
		drop(reply, "Date");
		break;
	case FAULTS_DATE_GARBAGE:
		drop(reply, "Date");
		exchange_reply_header(reply, "Date", "Yesterday, half past 9");
		break;
	default:
		break;
	}
}

void faults_list(const struct faults *faults, struct buf *out)
{
	buf_putc(out, '[');
	for (size_t i = 0; i < faults->set_count; i++) {
		const struct faults_set *set = &faults->sets[i];

		buf_puts(out, i == 0 ? "{\"name\":" : ",{\"name\":");
		buf_put_json(out, set->name, strlen(set->name));
		buf_puts(out, ",\"path\":");
		buf_put_json(out, set->path, strlen(set->path));
		buf_puts(out, ",\"user\":");
		buf_put_json(out, set->user, strlen(set->user));
		buf_printf(out, ",\"after\":%d,\"count\":%d,\"happened\":%d}",
			set->after, set->count, set->happened);
	}
	buf_putc(out, ']');
}

void faults_help(struct buf *out)
{
	for (size_t i = 0; i < ROWS; i++)
		buf_printf(out, "  %-18s%s\n", table[i].name, table[i].help);
	buf_printf(out, "  %-18s%s\n", status_row.name, status_row.help);
	buf_printf(out, "  %-18s%s\n", reason_row.name, reason_row.help);
}
