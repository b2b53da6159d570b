/* The table of faults, and which of them are set. */
#include "sandbox/faults.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sandbox/faults_acts.h"

static bool read_status(const char *text, int *ret_number)
{
	int status;

	if (strlen(text) != 3 || strspn(text, "0123456789") != 3)
		return false;
	status = (int)strtol(text, NULL, 10);
	if (status < 200 || status > 599)
		return false;
	*ret_number = status;
	return true;
}

static bool read_reason(const char *text, int *ret_number)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyz"
				      "ABCDEFGHIJKLMNOPQRSTUVWXYZ";

	*ret_number = 0;
	return *text != '\0' && text[strspn(text, letters)] == '\0';
}

static const struct faults_row table[] = {
	{ .name = "no-reply",
		.stage = FAULTS_REPLY,
		.act = faults_reply_none,
		.help = "processed, then closed without a byte" },
	{ .name = "token-lost",
		.stage = FAULTS_REPLY,
		.act = faults_reply_none,
		.token_only = true,
		.help = "a token request: processed, reply never sent" },
	{ .name = "slow-token",
		.stage = FAULTS_REPLY,
		.act = faults_reply_late,
		.token_only = true,
		.help = "a token request: processed, reply 35 s later" },
	{ .name = "empty-token",
		.stage = FAULTS_REPLY,
		.act = faults_reply_empty_200,
		.token_only = true,
		.unprocessed = true,
		.help = "a token request: 200, empty, nothing issued" },
	{ .name = "empty-token-lost",
		.stage = FAULTS_REPLY,
		.act = faults_reply_empty,
		.token_only = true,
		.help = "a token request: processed, then 200 and empty" },
	{ .name = "truncate",
		.stage = FAULTS_REPLY,
		.act = faults_reply_truncated,
		.help = "processed; half of the body, then closed" },
	{ .name = "short-body",
		.stage = FAULTS_REPLY,
		.act = faults_reply_short,
		.help = "processed; half of the body, sent as the whole" },
	{ .name = "empty",
		.stage = FAULTS_REPLY,
		.act = faults_reply_empty,
		.help = "processed; the status stays, the body is empty" },
	{ .name = "html-200",
		.stage = FAULTS_REPLY,
		.act = faults_reply_maintenance,
		.unprocessed = true,
		.help = "a maintenance page with status 200" },
	{ .name = "hold",
		.stage = FAULTS_REPLY,
		.act = faults_reply_held,
		.help = "processed; nothing is sent, the connection stays "
			"open" },
	{ .name = "reset-past",
		.stage = FAULTS_HEADERS,
		.act = faults_headers_reset_past,
		.help = "quota resets were an hour ago" },
	{ .name = "reset-seconds",
		.stage = FAULTS_HEADERS,
		.act = faults_headers_reset_seconds,
		.help = "quota resets in seconds, not milliseconds" },
	{ .name = "reset-far",
		.stage = FAULTS_HEADERS,
		.act = faults_headers_reset_far,
		.help = "quota resets are a thousand days ahead" },
	{ .name = "no-rates",
		.stage = FAULTS_HEADERS,
		.act = faults_headers_no_rates,
		.help = "no quota headers" },
	{ .name = "no-date",
		.stage = FAULTS_HEADERS,
		.act = faults_headers_no_date,
		.help = "no Date header" },
	{ .name = "date-garbage",
		.stage = FAULTS_HEADERS,
		.act = faults_headers_bad_date,
		.help = "a Date header that is no date" },
	{ .name = "login-redirect",
		.stage = FAULTS_REPLY,
		.act = faults_reply_login_redirect,
		.unprocessed = true,
		.help = "302 to a sign-in page in HTML" },
	{ .name = "error-appended",
		.stage = FAULTS_REPLY,
		.act = faults_page_error_appended,
		.help = "a page of a list, cut, then an error object" },
	{ .name = "empty-list",
		.stage = FAULTS_REPLY,
		.act = faults_page_empty,
		.help = "a page of a list without any row or link" },
	{ .name = "repeat-next",
		.stage = FAULTS_REPLY,
		.act = faults_page_repeat_next,
		.help = "the link to the next page leads to this page" },
	{ .name = "foreign-next",
		.stage = FAULTS_REPLY,
		.act = faults_page_foreign_next,
		.help = "the link to the next page leads to another host" },
	{ .name = "next-division",
		.stage = FAULTS_REPLY,
		.act = faults_page_next_division,
		.help = "the link to the next page leads to another division" },
	{ .name = "unordered",
		.stage = FAULTS_REPLY,
		.act = faults_page_unordered,
		.help = "the rows of a page in reverse order" },
	{ .name = "row-twice",
		.stage = FAULTS_REPLY,
		.act = faults_page_row_twice,
		.help = "the first row of a page comes again at its end" },
	{ .name = "late-row",
		.stage = FAULTS_REPLY,
		.act = faults_page_late_row,
		.help = "a row in the middle of a page is not seen yet" },
	{ .name = "foreign-row",
		.stage = FAULTS_REPLY,
		.act = faults_page_foreign_row,
		.help = "the last row of a page names another division" },
	{ .name = "rows-change",
		.stage = FAULTS_BEFORE,
		.act = faults_before_rows_change,
		.help = "five rows of the list change just before" },
	{ .name = "rights-lost",
		.stage = FAULTS_BEFORE,
		.act = faults_before_rights_lost,
		.help = "the user loses the right to read this list" },
	{ .name = "user-gone",
		.stage = FAULTS_BEFORE,
		.act = faults_before_user_gone,
		.help = "the user is deactivated" },
	{ .name = "consent-revoked",
		.stage = FAULTS_BEFORE,
		.act = faults_before_consent_revoked,
		.help = "the user takes the consent back" },
	{ .name = "clock-120s",
		.stage = FAULTS_BEFORE,
		.act = faults_before_clock_ahead,
		.ms = 120000,
		.help = "the server's clock is 120 s ahead from now on" },
	{ .name = "clock-1h",
		.stage = FAULTS_BEFORE,
		.act = faults_before_clock_ahead,
		.ms = 3600000,
		.help = "the server's clock is 1 h ahead from now on" },
	{ .name = "status-N",
		.stage = FAULTS_REPLY,
		.act = faults_reply_status,
		.argument = read_status,
		.unprocessed = true,
		.help = "status N (200 to 599), HTML; nothing issued; 429: "
			"bare" },
	{ .name = "reason-R",
		.stage = FAULTS_REPLY,
		.act = faults_reply_reason,
		.argument = read_reason,
		.help = "403 with the header Reason: R (letters), as "
			"BlockedCustomer" },
};

#define ROWS (sizeof(table) / sizeof(table[0]))

static const struct faults_row *find_row(const char *name, int *ret_number)
{
	for (size_t i = 0; i < ROWS; i++) {
		const struct faults_row *row = &table[i];
		size_t fixed = strlen(row->name) - 1;

		if (!row->argument && strcmp(row->name, name) == 0) {
			*ret_number = 0;
			return row;
		}
		if (row->argument && strncmp(row->name, name, fixed) == 0)
			return row->argument(name + fixed, ret_number) ? row
								       : NULL;
	}
	return NULL;
}

static void drop(struct faults *faults, size_t at)
{
	memmove(&faults->sets[at], &faults->sets[at + 1],
		(faults->set_count - at - 1) * sizeof(faults->sets[0]));
	faults->set_count--;
}

int faults_set(struct faults *faults, const char *name, const char *path,
	const char *user, int after, int count)
{
	struct faults_set *set;
	int argument;
	const struct faults_row *row = find_row(name, &argument);

	if (!row || strlen(name) >= sizeof(set->name) ||
		strlen(path) >= sizeof(set->path) ||
		strlen(user) >= sizeof(set->user))
		return -1;
	for (size_t i = faults->set_count; i-- > 0;)
		if (strcmp(faults->sets[i].name, name) == 0 &&
			strcmp(faults->sets[i].path, path) == 0 &&
			strcmp(faults->sets[i].user, user) == 0)
			drop(faults, i);
	if (count == 0)
		return 0;
	/* Faults that have happened as often as they were to make room. */
	for (size_t i = faults->set_count;
		faults->set_count == FAULTS_MAX && i-- > 0;)
		if (faults->sets[i].count == 0)
			drop(faults, i);
	if (faults->set_count == FAULTS_MAX)
		return -1;
	set = &faults->sets[faults->set_count++];
	*set = (struct faults_set){
		.row = row, .number = argument, .after = after, .count = count
	};
	snprintf(set->name, sizeof(set->name), "%s", name);
	snprintf(set->path, sizeof(set->path), "%s", path);
	snprintf(set->user, sizeof(set->user), "%s", user);
	return 0;
}

static bool read_number(const char *text, long least, int *ret)
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
		!read_number(parts[2], -1, &count) ||
		!read_number(parts[3], 0, &after))
		return -1;
	return faults_set(faults, parts[0], parts[1], "", after, count);
}

const struct faults_set *faults_take(struct faults *faults, const char *target,
	const char *user, bool token_request)
{
	for (size_t i = 0; i < faults->set_count; i++) {
		struct faults_set *set = &faults->sets[i];

		if (set->count == 0 ||
			(set->row->token_only && !token_request) ||
			!strstr(target, set->path) ||
			(set->user[0] != '\0' &&
				(!user || strcmp(set->user, user) != 0)))
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
}
