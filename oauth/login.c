/* See login.h: one login as data, and the arithmetic of its ages. */
#include "oauth/login.h"

#include <endian.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/crypto.h"

#define USE_S        590
#define REFRESH_S    570
#define LIFE_S       600
#define DAY_MS       86400000LL
#define IDLE_MS      (7 * DAY_MS)
#define WALL_SLACK_S 60 /* how wrong a clock may be after a reboot */

struct login *login_new(void)
{
	return calloc(1, sizeof(struct login));
}

void login_wipe(struct login *login)
{
	crypto_wipe(login, sizeof(*login));
}

void login_free(struct login *login)
{
	if (!login)
		return;
	login_wipe(login);
	free(login);
}

/* ---- bytes: tag, length, value; little endian ------------------------ */

enum kind {
	KIND_TEXT,
	KIND_U64,
	KIND_U32,
	KIND_BOOL,
	KIND_ENUM,
	KIND_MOMENT
};

struct field {
	uint16_t tag; /* never reused */
	enum kind kind;
	size_t at;
	size_t size; /* text: with its NUL */
};

#define TEXT(tag, member)                                                      \
	{                                                                      \
		tag, KIND_TEXT, offsetof(struct login, member),                \
			sizeof(((struct login *)0)->member)                    \
	}
#define PLAIN(tag, kind, member)                                               \
	{                                                                      \
		tag, kind, offsetof(struct login, member), 0                   \
	}

static const struct field fields[] = {
	TEXT(1, id),
	TEXT(2, region),
	TEXT(3, host),
	TEXT(4, client_id),
	TEXT(5, user_id),
	TEXT(6, user),
	TEXT(7, full_name),
	PLAIN(8, KIND_ENUM, status),
	PLAIN(9, KIND_ENUM, cause),
	PLAIN(10, KIND_MOMENT, cause_at),
	TEXT(11, cause_text),
	PLAIN(12, KIND_U64, generation),
	TEXT(13, refresh),
	TEXT(14, access),
	PLAIN(15, KIND_MOMENT, sent),
	PLAIN(16, KIND_MOMENT, received),
	PLAIN(17, KIND_U64, expires_in_s),
	PLAIN(18, KIND_MOMENT, consented),
	TEXT(19, joined),
	PLAIN(20, KIND_U32, refusals),
	PLAIN(21, KIND_MOMENT, refused),
	PLAIN(22, KIND_BOOL, chain_refused),
	PLAIN(23, KIND_U64, answered),
	PLAIN(24, KIND_U32, failures),
	PLAIN(25, KIND_MOMENT, failed),
	PLAIN(26, KIND_U64, retry_ms),
	TEXT(27, failure),
	PLAIN(28, KIND_U64, day),
	PLAIN(29, KIND_U32, day_requests),
	PLAIN(30, KIND_BOOL, doubt),
};

#define FIELDS       (sizeof(fields) / sizeof(fields[0]))
#define MOMENT_BYTES 56

_Static_assert(sizeof(enum login_status) == 4, "enums are 32 bits");

static void put(unsigned char *to, uint64_t value, size_t size)
{
	uint64_t little = htole64(value);
	memcpy(to, &little, size);
}

static uint64_t get(const unsigned char *from, size_t size)
{
	uint64_t little = 0;
	memcpy(&little, from, size);
	return le64toh(little);
}

static size_t put_value(
	const struct field *field, const char *member, unsigned char *to)
{
	struct login_moment moment;
	uint64_t wide;
	uint32_t narrow;

	switch (field->kind) {
	case KIND_TEXT:
		wide = strnlen(member, field->size - 1);
		memcpy(to, member, wide);
		return wide;
	case KIND_U64:
		memcpy(&wide, member, sizeof(wide));
		put(to, wide, 8);
		return 8;
	case KIND_U32:
	case KIND_ENUM:
		memcpy(&narrow, member, sizeof(narrow));
		put(to, narrow, 4);
		return 4;
	case KIND_BOOL:
		to[0] = *member != 0;
		return 1;
	case KIND_MOMENT:
		memcpy(&moment, member, sizeof(moment));
		put(to, (uint64_t)moment.boot_ms, 8);
		put(to + 8, (uint64_t)moment.wall_ms, 8);
		memcpy(to + 16, moment.boot_id, 40);
		return MOMENT_BYTES;
	}
	return 0;
}

int login_encode(const struct login *login, unsigned char *bytes, size_t size,
	size_t *ret_len, struct error *err)
{
	size_t len = 0;

	for (size_t i = 0; i < FIELDS; i++) {
		const struct field *field = &fields[i];
		size_t most = field->kind == KIND_TEXT ? field->size
						       : MOMENT_BYTES;
		if (len + 4 + most > size)
			return error_set(err, FAIL_INPUT,
				"the login's tokens are too long for the "
				"vault (%zu bytes)",
				size);
		size_t n = put_value(field, (const char *)login + field->at,
			bytes + len + 4);
		put(bytes + len, field->tag, 2);
		put(bytes + len + 2, n, 2);
		len += 4 + n;
	}
	*ret_len = len;
	return 0;
}

static const struct field *field_of(uint64_t tag)
{
	for (size_t i = 0; i < FIELDS; i++)
		if (fields[i].tag == tag)
			return &fields[i];
	return NULL;
}

static bool take_value(const struct field *field, const unsigned char *from,
	size_t len, char *member)
{
	struct login_moment moment = { 0 };
	uint64_t wide;
	uint32_t narrow;

	switch (field->kind) {
	case KIND_TEXT:
		if (len >= field->size || memchr(from, 0, len))
			return false;
		memcpy(member, from, len);
		member[len] = '\0';
		return true;
	case KIND_U64:
		wide = get(from, 8);
		memcpy(member, &wide, sizeof(wide));
		return len == 8;
	case KIND_U32:
	case KIND_ENUM:
		narrow = (uint32_t)get(from, 4);
		memcpy(member, &narrow, sizeof(narrow));
		return len == 4;
	case KIND_BOOL:
		*member = from[0] != 0;
		return len == 1;
	case KIND_MOMENT:
		moment.boot_ms = (int64_t)get(from, 8);
		moment.wall_ms = (int64_t)get(from + 8, 8);
		memcpy(moment.boot_id, from + 16, 39);
		memcpy(member, &moment, sizeof(moment));
		return len == MOMENT_BYTES;
	}
	return false;
}

int login_decode(const unsigned char *bytes, size_t len, struct login *ret,
	struct error *err)
{
	static const size_t need[] = { [KIND_TEXT] = 0,
		[KIND_U64] = 8,
		[KIND_U32] = 4,
		[KIND_BOOL] = 1,
		[KIND_ENUM] = 4,
		[KIND_MOMENT] = MOMENT_BYTES };
	struct login *login = login_new();
	size_t at = 0;

	if (!login)
		return error_set(err, FAIL_STOP, "out of memory");
	while (at < len) {
		size_t n = len - at < 4 ? SIZE_MAX : get(bytes + at + 2, 2);
		if (n > len - at - 4)
			goto bad;
		const struct field *field = field_of(get(bytes + at, 2));
		if (field && (n < need[field->kind] ||
				     !take_value(field, bytes + at + 4, n,
					     (char *)login + field->at)))
			goto bad;
		at += 4 + n;
	}
	if ((unsigned)login->status > LOGIN_SIGN_IN ||
		(unsigned)login->cause >= LOGIN_CAUSES ||
		login->expires_in_s < 0 || login->retry_ms < 0)
		goto bad;
	memcpy(ret, login, sizeof(*ret));
	login_free(login);
	return 0;
bad:
	login_free(login);
	return error_set(err, FAIL_STORE,
		"this login's record in the vault can't be read: another "
		"version of this program wrote it");
}

/* ---- names ----------------------------------------------------------- */

int login_vault_name(const char *host, const char *client_id,
	const char *user_id, char ret[static LOGIN_VAULT_NAME_MAX + 1])
{
	unsigned char hash[CRYPTO_SHA256_BYTES];
	char hex[2 * CRYPTO_SHA256_BYTES + 1];
	struct buf text;

	buf_init(&text, 4096);
	/* NUL between the parts, so that no two triples read alike. */
	buf_append(&text, host, strlen(host) + 1);
	buf_append(&text, client_id, strlen(client_id) + 1);
	buf_append(&text, user_id, strlen(user_id));
	int fail = buf_failed(&text) ? FAIL_INPUT
				     : crypto_sha256(text.data, text.len, hash);
	buf_free(&text);
	if (fail)
		return fail;
	crypto_hex(hash, sizeof(hash), hex);
	memcpy(ret, hex, 32);
	ret[32] = '\0';
	return 0;
}

void login_make_id(const char *region, const char *user, const char *vault_name,
	char ret[static LOGIN_ID_MAX + 1])
{
	char plain[33];
	size_t n = 0;

	/* "Jan.de.Vries@example.nl" becomes "jan.de.vries". */
	for (const char *c = user; *c != '\0' && *c != '@'; c++) {
		char lower = *c >= 'A' && *c <= 'Z' ? (char)(*c + 32) : *c;
		if (n < sizeof(plain) - 1 &&
			((lower >= 'a' && lower <= 'z') ||
				(lower >= '0' && lower <= '9') ||
				lower == '.' || lower == '_'))
			plain[n++] = lower;
	}
	plain[n] = '\0';
	snprintf(ret, LOGIN_ID_MAX + 1, "%.15s-%s-%.6s", region,
		n > 0 ? plain : "user", vault_name);
}

/* ---- states and causes ----------------------------------------------- */

const char *login_state_name(const struct login *login)
{
	switch (login->status) {
	case LOGIN_PENDING:
		return "pending";
	case LOGIN_SIGN_IN:
		return "sign-in needed";
	case LOGIN_ALIVE:
		break;
	}
	return login_unknown(login) || login->doubt ? "unknown" : "alive";
}

static const struct {
	const char *name;
	const char *text;
} causes[LOGIN_CAUSES] = {
	[LOGIN_CAUSE_NONE] = { "", "" },
	[LOGIN_CAUSE_LOST] = { "lost",
		"Exact issued a new refresh token that never got to our disk: "
		"the answer was lost on the way, or this machine stopped at "
		"that moment. Sign in again" },
	[LOGIN_CAUSE_ELSEWHERE] = { "elsewhere",
		"another installation used the refresh token: a copy of this "
		"vault is in use, or somebody signed in elsewhere with this "
		"user and app. Stop that installation, then sign in again" },
	[LOGIN_CAUSE_RESTORED] = { "restored",
		"this login's file was restored from an older copy, whose "
		"refresh token has been used already: exclude logins/ from "
		"backups, and sign in again" },
	[LOGIN_CAUSE_CHAIN] = { "chain",
		"Exact ended this login's chain of tokens: another sign-in "
		"with this user and app, a consent taken back, or a user who "
		"left. Sign in again, perhaps as another user; use one "
		"installation per user and app" },
	[LOGIN_CAUSE_EXPIRED] = { "expired",
		"the refresh token was not used for 30 days: sign in again, "
		"and run `refresh --due` from a timer" },
	[LOGIN_CAUSE_MALFORMED] = { "malformed",
		"Exact can't read the refresh token that is stored here: sign "
		"in again" },
	[LOGIN_CAUSE_REVOKED] = { "revoked",
		"Exact refuses even fresh tokens: the user's right or the "
		"app's permission was taken away. Restore it, or sign in "
		"again, perhaps as another user" },
};

const char *login_cause_name(enum login_cause cause)
{
	return (unsigned)cause < LOGIN_CAUSES ? causes[cause].name : "";
}

void login_end(struct login *login, enum login_cause cause, const char *detail,
	struct instant now, const char *boot_id)
{
	login->status = LOGIN_SIGN_IN;
	login->cause = cause;
	login->cause_at = login_moment(now, boot_id);
	if (detail[0] != '\0')
		snprintf(login->failure, sizeof(login->failure), "%s", detail);
	snprintf(login->cause_text, sizeof(login->cause_text), "%s",
		causes[cause].text);
}

/* ---- ages ------------------------------------------------------------ */

struct login_moment login_moment(struct instant at, const char *boot_id)
{
	struct login_moment moment = { .boot_ms = at.boot_ms,
		.wall_ms = at.wall_ms };

	snprintf(moment.boot_id, sizeof(moment.boot_id), "%s", boot_id);
	return moment;
}

int64_t login_age(const struct login_moment *moment, struct instant now,
	const char *boot_id, bool *ret_sure)
{
	int64_t wall;

	*ret_sure = true;
	if (moment->wall_ms == 0 && moment->boot_ms == 0)
		return INT64_MAX;
	if (strcmp(moment->boot_id, boot_id) == 0 &&
		moment->boot_ms <= now.boot_ms)
		return now.boot_ms - moment->boot_ms;
	*ret_sure = false;
	if (__builtin_sub_overflow(now.wall_ms, moment->wall_ms, &wall))
		return now.boot_ms;
	return wall > now.boot_ms ? wall : now.boot_ms;
}

static int64_t life_s(const struct login *login)
{
	return login->expires_in_s > 0 ? login->expires_in_s : LIFE_S;
}

static int64_t use_ms(const struct login *login)
{
	return life_s(login) * 1000 * USE_S / LIFE_S;
}

static int64_t refresh_ms(const struct login *login)
{
	return life_s(login) * 1000 * REFRESH_S / LIFE_S;
}

bool login_usable(
	const struct login *login, struct instant now, const char *boot_id)
{
	bool sure;
	int64_t age = login_age(&login->sent, now, boot_id, &sure);

	if (login->status != LOGIN_ALIVE || login->access[0] == '\0' ||
		age == INT64_MAX)
		return false;
	if (sure)
		return age < use_ms(login);
	/* Another boot. A wall clock that shows less time since the sending
	 * than the machine has been up contradicts itself, so the age is
	 * unknown. */
	if (now.wall_ms - login->sent.wall_ms < now.boot_ms)
		return false;
	return age < use_ms(login) - WALL_SLACK_S * 1000;
}

bool login_old(
	const struct login *login, struct instant now, const char *boot_id)
{
	bool sure;
	int64_t age = login_age(&login->sent, now, boot_id, &sure);

	return !sure || age >= refresh_ms(login);
}

bool login_unknown(const struct login *login)
{
	return login->status == LOGIN_ALIVE &&
	       login->intent.counter > login->answered;
}

/* The moment `wait_ms` after `moment`, in this boot's time. */
static int64_t after(const struct login_moment *moment, int64_t wait_ms,
	struct instant now, const char *boot_id)
{
	bool sure;
	int64_t age = login_age(moment, now, boot_id, &sure);

	if (age >= wait_ms)
		return now.boot_ms;
	return now.boot_ms + (wait_ms - age);
}

static void explain(char *why, const char *text)
{
	snprintf(why, LOGIN_TEXT_MAX, "%s", text);
}

uint32_t login_requests_today(const struct login *login, struct instant now)
{
	int64_t today = now.wall_ms / DAY_MS;
	uint32_t count = 0;

	if (login->day == today)
		count = login->day_requests;
	if (login->intent.counter != 0 && login->intent.day == today &&
		login->intent.day_requests > count)
		count = login->intent.day_requests;
	return count;
}

int64_t login_refresh_from(const struct login *login, struct instant now,
	const char *boot_id, char *ret_why)
{
	int64_t from = now.boot_ms, when;

	ret_why[0] = '\0';
	if (login->received.wall_ms != 0 || login->received.boot_ms != 0)
		from = after(&login->received, refresh_ms(login), now, boot_id);
	if (login->refusals > 1 && from > now.boot_ms)
		explain(ret_why,
			"Exact refused a new token, so access may have been "
			"revoked; Exact accepts no refresh before then");
	if (login->failures > 0) {
		when = after(&login->failed, login->retry_ms, now, boot_id);
		if (when > from) {
			from = when;
			explain(ret_why, login->failure);
		}
	}
	if (login_unknown(login)) {
		when = after(
			&login->intent.at, refresh_ms(login), now, boot_id);
		if (when > from) {
			from = when;
			explain(ret_why,
				"the outcome of an earlier refresh is unknown; "
				"the refresh is tried again then");
		}
	}
	if (login_requests_today(login, now) >= LOGIN_DAY_REQUESTS) {
		when = now.boot_ms + (DAY_MS - now.wall_ms % DAY_MS);
		if (when > from) {
			from = when;
			explain(ret_why,
				"200 token requests were made today, the most "
				"that Exact allows per app and user; the count "
				"restarts at 00:00 UTC");
		}
	}
	return from;
}

bool login_idle(
	const struct login *login, struct instant now, const char *boot_id)
{
	bool sure;

	return login->status == LOGIN_ALIVE &&
	       login_age(&login->received, now, boot_id, &sure) >= IDLE_MS;
}
