#include "sandbox/grants.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sandbox/seeded.h"

#define PREFIX_LEN 11 /* "stampNL001." */
#define NUMBER_LEN 8  /* base 36 */

static const char url_safe[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstu"
			       "vwxyz0123456789-_";
/* Holds characters that a form body must percent-encode, on purpose. */
static const char awkward[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuv"
			      "wxyz0123456789+/";
static const char base36[] = "0123456789abcdefghijklmnopqrstuvwxyz";

int grants_init(struct grants *grants, const struct sandbox_options *options,
	struct directory *directory)
{
	memset(grants, 0, sizeof(*grants));
	grants->records = calloc(GRANTS_KEPT, sizeof(*grants->records));
	if (!grants->records)
		return FAIL_STOP;
	grants->options = options;
	grants->directory = directory;
	return 0;
}

void grants_free(struct grants *grants)
{
	free(grants->records);
	grants->records = NULL;
}

int64_t grants_refresh_age_ms(const struct grants *grants)
{
	const struct sandbox_options *options = grants->options;
	int64_t age_s = options->refresh_age_s;

	if (age_s < 0)
		age_s = options->token_life_s - 30;
	return age_s < 0 ? 0 : age_s * 1000;
}

/*
 * kind      text                                                     length
 * code      stampNL001. number . 60 url-safe ! 40 url-safe              121
 * access    stampNL001. number . 600 to 1200 url-safe                 ≤ 1220
 * refresh   stampNL001. number . 190 awkward, with ! / + among them     210
 */
static void make_text(uint64_t seed, enum grants_kind kind, const char *stamp,
	uint64_t number, char out[static GRANTS_TEXT_MAX])
{
	struct seeded seeded;
	size_t at = PREFIX_LEN;
	uint64_t rest = number;

	snprintf(out, GRANTS_TEXT_MAX, "stamp%.2s001.", stamp);
	for (int i = NUMBER_LEN - 1; i >= 0; i--, rest /= 36)
		out[at + (size_t)i] = base36[rest % 36];
	at += NUMBER_LEN;
	out[at++] = '.';
	seeded_begin(&seeded, seed, 'g' + (uint64_t)kind * 256, number);
	switch (kind) {
	case GRANTS_CODE:
		seeded_text(&seeded, url_safe, out + at, 101);
		out[at + 60] = '!';
		at += 101;
		break;
	case GRANTS_ACCESS: {
		size_t count = 600 + (size_t)(seeded_next(&seeded) % 601);

		seeded_text(&seeded, url_safe, out + at, count);
		at += count;
		break;
	}
	case GRANTS_REFRESH:
		seeded_text(&seeded, awkward, out + at, 190);
		out[at + 30] = '!';
		out[at + 60] = '/';
		out[at + 90] = '+';
		out[at + 120] = '!';
		at += 190;
		break;
	}
	out[at] = '\0';
}

static const char *stamp_of(const struct grants *grants, int app)
{
	return grants->directory->apps[app].region == SANDBOX_UK ? "GB" : "NL";
}

static uint64_t hash(const char *text)
{
	uint64_t value = UINT64_C(0xcbf29ce484222325);

	for (; *text != '\0'; text++)
		value = (value ^ (unsigned char)*text) *
			UINT64_C(0x100000001b3);
	return value;
}

static struct grants_record *issue_text(struct grants *grants,
	enum grants_kind kind, int app, int user, int64_t now_ms,
	char ret_text[static GRANTS_TEXT_MAX])
{
	uint64_t number = grants->next++;
	struct grants_record *record = &grants->records[number % GRANTS_KEPT];

	*record = (struct grants_record){ .issued_ms = now_ms,
		.user = (uint16_t)user,
		.app = (uint8_t)app,
		.kind = (uint8_t)kind };
	make_text(grants->options->seed, kind, stamp_of(grants, app), number,
		ret_text);
	if (grants->options->on_secret)
		grants->options->on_secret(grants->options->arg, ret_text);
	return record;
}

/* The record of a text. NULL: *ret_why is MALFORMED, or OLD when the text is
 * ours but its record is gone. */
static struct grants_record *find(struct grants *grants, enum grants_kind kind,
	const char *text, enum grants_verdict *ret_why)
{
	struct grants_record *record;
	char expected[GRANTS_TEXT_MAX];
	uint64_t number = 0;

	*ret_why = GRANTS_MALFORMED;
	if (strnlen(text, PREFIX_LEN + NUMBER_LEN) < PREFIX_LEN + NUMBER_LEN)
		return NULL;
	if (strncmp(text + 5, "NL", 2) != 0 && strncmp(text + 5, "GB", 2) != 0)
		return NULL;
	for (size_t i = 0; i < NUMBER_LEN; i++) {
		const char *digit = strchr(base36, text[PREFIX_LEN + i]);

		if (!digit)
			return NULL;
		number = number * 36 + (uint64_t)(digit - base36);
	}
	if (number >= grants->next)
		return NULL;
	make_text(grants->options->seed, kind, text + 5, number, expected);
	if (strcmp(text, expected) != 0)
		return NULL;
	*ret_why = GRANTS_OLD;
	if (grants->next - number > GRANTS_KEPT)
		return NULL;
	record = &grants->records[number % GRANTS_KEPT];
	*ret_why = GRANTS_MALFORMED;
	if (record->kind != kind ||
		strncmp(text + 5, stamp_of(grants, record->app), 2) != 0)
		return NULL;
	return record;
}

int grants_user_of(struct grants *grants, const char *text, bool is_code)
{
	enum grants_verdict why;
	const struct grants_record *record = find(
		grants, is_code ? GRANTS_CODE : GRANTS_REFRESH, text, &why);

	return record ? record->user : -1;
}

void grants_issue_code(struct grants *grants, int app, int user,
	const char *redirect_uri, int64_t now_ms,
	char ret_code[static GRANTS_TEXT_MAX])
{
	struct grants_record *record = issue_text(
		grants, GRANTS_CODE, app, user, now_ms, ret_code);

	record->redirect = hash(redirect_uri);
}

static void issue_pair(struct grants *grants, int app, int user, int64_t now_ms,
	struct grants_pair *ret)
{
	struct grants_chain *chain = &grants->chains[app][user];
	struct grants_record *record;

	chain->newest++;
	chain->issued_ms = now_ms;
	chain->issued_total++;
	record = issue_text(
		grants, GRANTS_ACCESS, app, user, now_ms, ret->access);
	record->chain = chain->id;
	record->generation = chain->newest;
	record = issue_text(
		grants, GRANTS_REFRESH, app, user, now_ms, ret->refresh);
	record->chain = chain->id;
	record->generation = chain->newest;
}

enum grants_verdict grants_redeem_code(struct grants *grants, int app,
	const char *code, const char *redirect_uri, int64_t now_ms,
	int *ret_user, struct grants_pair *ret)
{
	enum grants_verdict why;
	struct grants_record *record = find(grants, GRANTS_CODE, code, &why);
	struct grants_chain *chain;

	*ret_user = -1;
	if (!record)
		return why == GRANTS_OLD ? GRANTS_EXPIRED : why;
	*ret_user = record->user;
	if (record->app != app)
		return GRANTS_FOREIGN;
	if (record->used)
		return GRANTS_USED;
	if (now_ms >= record->issued_ms + GRANTS_CODE_LIFE_MS)
		return GRANTS_EXPIRED;
	if (record->redirect != hash(redirect_uri))
		return GRANTS_MISMATCHED;
	if (!grants->directory->users[record->user].active)
		return GRANTS_INACTIVE;
	if (!grants->directory->users[record->user].consents[app].given)
		return GRANTS_BROKEN;
	record->used = true;
	chain = &grants->chains[app][record->user];
	if (grants->options->login_kills_access)
		chain->ended = chain->id;
	chain->id = ++grants->next_chain;
	chain->newest = 0;
	chain->oldest = 1;
	issue_pair(grants, app, *ret_user, now_ms, ret);
	return GRANTS_GOOD;
}

enum grants_verdict grants_refresh(struct grants *grants, int app,
	const char *refresh, int64_t now_ms, int *ret_user, int64_t *ret_end_ms,
	struct grants_pair *ret)
{
	enum grants_verdict why;
	struct grants_record *record = find(
		grants, GRANTS_REFRESH, refresh, &why);
	struct grants_chain *chain;
	uint32_t generation;

	*ret_user = -1;
	*ret_end_ms = 0;
	if (!record)
		return why;
	*ret_user = record->user;
	if (record->app != app)
		return GRANTS_FOREIGN;
	chain = &grants->chains[app][record->user];
	if (record->chain != chain->id)
		return GRANTS_BROKEN;
	if (!grants->directory->users[record->user].active)
		return GRANTS_INACTIVE;
	if (record->generation < chain->oldest) {
		if (grants->options->reuse_kills_chain)
			grants_revoke(grants, app, *ret_user);
		return GRANTS_OLD;
	}
	*ret_end_ms = record->issued_ms +
		      grants->options->refresh_life_s * 1000;
	if (now_ms >= *ret_end_ms)
		return GRANTS_EXPIRED;
	if (now_ms < chain->issued_ms + grants_refresh_age_ms(grants))
		return GRANTS_EARLY;
	generation = record->generation;
	issue_pair(grants, app, *ret_user, now_ms, ret);
	chain->oldest = grants->options->lenient_rotation ? generation
							  : chain->newest;
	return GRANTS_GOOD;
}

enum grants_verdict grants_check_access(struct grants *grants,
	const char *access, int64_t now_ms, int *ret_app, int *ret_user)
{
	enum grants_verdict why;
	struct grants_record *record = find(
		grants, GRANTS_ACCESS, access, &why);
	struct grants_chain *chain;

	*ret_app = -1;
	*ret_user = -1;
	if (!record)
		return why;
	*ret_app = record->app;
	*ret_user = record->user;
	chain = &grants->chains[record->app][record->user];
	if (record->chain <= chain->ended)
		return GRANTS_BROKEN;
	if (now_ms >= record->issued_ms + grants->options->token_life_s * 1000)
		return GRANTS_EXPIRED;
	if (!grants->directory->users[record->user].active)
		return GRANTS_INACTIVE;
	if (record->chain == chain->id && record->generation > chain->oldest)
		chain->oldest = record->generation;
	return GRANTS_GOOD;
}

void grants_revoke(struct grants *grants, int app, int user)
{
	struct grants_chain *chain = &grants->chains[app][user];

	/* No refresh token has this id: all earlier ones are broken now. */
	chain->id = ++grants->next_chain;
	chain->ended = chain->id;
}

bool grants_count_request(
	struct grants *grants, int app, int user, int64_t now_ms)
{
	struct grants_chain *chain = &grants->chains[app][user];
	int64_t day = now_ms / 86400000;

	if (chain->day != day) {
		chain->day = day;
		chain->day_requests = 0;
	}
	chain->requests_total++;
	if (grants->options->token_day_limit > 0 &&
		chain->day_requests >= grants->options->token_day_limit)
		return false;
	chain->day_requests++;
	return true;
}
