/*
 * Small lists, read row by row with the page reader.
 *
 * That system/Divisions names a division is not enough: it lists what the
 * user may open, and leaves aside that the consent may cover fewer. So the
 * probe also reads one row of a list in that division: Exact checks the
 * consent there.
 */
#include "connector/reach.h"

#include <cjson/cJSON.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "connector/page.h"

#define REPLY_MAX (4u * 1024 * 1024)

/* Ask and open the page; `body` keeps the text the page points into. */
static int ask(struct gate *gate, const struct gate_call *call,
	struct buf *body, struct page *ret, struct error *err)
{
	struct gate_reply reply;
	int fail;

	buf_reset(body);
	fail = gate_perform(gate, call, &reply, body, err);
	if (!fail)
		fail = page_open(ret, body->data, body->len, err);
	if (fail == FAIL_INPUT)
		error_prefix(err, "%s", call->endpoint);
	return fail;
}

static void copy_text(
	const struct cJSON *row, const char *name, char *ret, size_t size)
{
	const char *text = json_string(
		cJSON_GetObjectItemCaseSensitive(row, name));

	snprintf(ret, size, "%s", !text ? "" : text);
}

static int64_t read_number(const struct cJSON *row, const char *name)
{
	const char *text = json_number(
		cJSON_GetObjectItemCaseSensitive(row, name));

	return !text ? 0 : strtoll(text, NULL, 10);
}

int reach_me(struct gate *gate, struct reach_user *ret, struct error *err)
{
	static const struct gate_call me = {
		.endpoint = "current/Me",
		.query = "$select=UserID,UserName,FullName,CurrentDivision",
		.uncounted = true,
		.max_body = REPLY_MAX,
	};
	struct reach_user user = { 0 };
	struct json_slice slice;
	struct cJSON *row = NULL;
	struct page page;
	struct buf body;
	int fail;

	buf_init(&body, REPLY_MAX);
	fail = ask(gate, &me, &body, &page, err);
	if (!fail && !page_next(&page, &slice))
		fail = error_set(
			err, FAIL_INPUT, "current/Me answered without a user");
	if (!fail)
		fail = json_parse(slice, &row, NULL, err);
	if (fail)
		goto done;
	copy_text(row, "UserID", user.id, sizeof(user.id));
	copy_text(row, "UserName", user.user, sizeof(user.user));
	copy_text(row, "FullName", user.full_name, sizeof(user.full_name));
	user.current_division = read_number(row, "CurrentDivision");
	if (user.id[0] == '\0') {
		fail = error_set(err, FAIL_INPUT,
			"current/Me answered without a UserID");
		goto done;
	}
	*ret = user;
done:
	cJSON_Delete(row);
	buf_free(&body);
	return fail;
}

static int read_division(
	struct json_slice slice, struct reach_division *ret, struct error *err)
{
	struct cJSON *row = NULL;
	int fail;

	fail = json_parse(slice, &row, NULL, err);
	if (fail)
		return fail;
	ret->code = read_number(row, "Code");
	copy_text(row, "Description", ret->name, sizeof(ret->name));
	cJSON_Delete(row);
	if (ret->code <= 0)
		return error_set(err, FAIL_INPUT,
			"system/Divisions gave a row without a Code");
	return 0;
}

/* Grow by doubling; false without memory. */
static bool make_room(struct reach_division **list, size_t count, size_t *room)
{
	struct reach_division *grown;

	if (count < *room)
		return true;
	*room = *room == 0 ? 64 : *room * 2;
	grown = realloc(*list, *room * sizeof(**list));
	if (!grown)
		return false;
	*list = grown;
	return true;
}

int reach_divisions(struct gate *gate, struct reach_division **ret,
	size_t *ret_count, struct error *err)
{
	struct gate_call call = {
		.endpoint = "system/Divisions",
		.query = "$select=Code,Description",
		.max_body = REPLY_MAX,
	};
	char link[PAGE_NEXT_MAX] = "";
	struct reach_division *list = NULL;
	struct json_slice slice;
	size_t count = 0;
	size_t room = 0;
	struct page page = { 0 };
	struct buf body;
	int fail;

	buf_init(&body, REPLY_MAX);
	do {
		fail = ask(gate, &call, &body, &page, err);
		while (!fail && page_next(&page, &slice)) {
			if (count >= REACH_DIVISIONS_MAX)
				fail = error_set(err, FAIL_INPUT,
					"system/Divisions lists more than %d",
					REACH_DIVISIONS_MAX);
			else if (!make_room(&list, count, &room))
				fail = error_set(err, FAIL_STOP, "no memory");
			else
				fail = read_division(slice, &list[count], err);
			if (!fail)
				count++;
		}
		if (!fail && link[0] != '\0' && strcmp(link, page.next) == 0)
			fail = error_set(err, FAIL_INPUT,
				"system/Divisions repeats its next link");
		memcpy(link, page.next, sizeof(page.next));
		call.query = NULL;
		call.link = link;
	} while (!fail && link[0] != '\0');
	buf_free(&body);
	if (fail) {
		free(list);
		return fail;
	}
	*ret = list;
	*ret_count = count;
	return 0;
}

int reach_probe(
	struct gate *gate, struct reach_division *ret, struct error *err)
{
	static const struct gate_call journals = {
		.endpoint = "financial/Journals",
		.query = "$select=ID&$top=1",
		.max_body = REPLY_MAX,
	};
	char query[128];
	const struct gate_call divisions = {
		.endpoint = "system/Divisions",
		.query = query,
		.max_body = REPLY_MAX,
	};
	int64_t division = gate_division(gate);
	struct reach_division found = { 0 };
	struct json_slice slice;
	struct page page;
	struct buf body;
	int fail;

	buf_init(&body, REPLY_MAX);
	fail = ask(gate, &journals, &body, &page, err);
	/* Refused for another reason than the division: its scope is the
	 * app's own affair, and `sync` will say so. */
	if (fail == FAIL_STREAM)
		fail = 0;
	if (fail)
		goto done;
	snprintf(query, sizeof(query),
		"$filter=Code%%20eq%%20%" PRId64 "&$select=Code,Description",
		division);
	fail = ask(gate, &divisions, &body, &page, err);
	if (!fail && !page_next(&page, &slice))
		fail = error_set(err, FAIL_COMPANY,
			"it is not among the companies that this user can "
			"open");
	if (!fail)
		fail = read_division(slice, &found, err);
	if (!fail && found.code != division)
		fail = error_set(err, FAIL_COMPANY,
			"asked about division %" PRId64 ", Exact answered "
			"about %" PRId64,
			division, found.code);
	if (!fail)
		*ret = found;
done:
	if (fail == FAIL_COMPANY)
		error_prefix(err, "division %" PRId64, division);
	buf_free(&body);
	return fail;
}
