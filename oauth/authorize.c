/* See authorize.h. A pending file, all lines in this order:
 *
 *	exact-connector pending 1
 *	HASH
 *	nl
 *	alpha
 *	BOOT-ID BOOT-MS WALL-MS
 */
#include "oauth/authorize.h"

#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/crypto.h"
#include "base/fault.h"
#include "base/file.h"
#include "oauth/login.h"

#define STATE_BYTES 32
#define STATE_CHARS 43 /* base64url of 32 bytes */
#define HASH_CHARS  64
#define TEXT_MAX    512
#define KEEP_MS     86400000LL
#define PATH_ROOM   4096
#define HEAD        "exact-connector pending 1"

struct pending {
	char hash[HASH_CHARS + 1];
	struct authorize_found found;
	struct login_moment begun;
};

static int hash_hex(
	const char *text, char ret[static HASH_CHARS + 1], struct error *err)
{
	unsigned char hash[CRYPTO_SHA256_BYTES];

	int fail = crypto_sha256(text, strlen(text), hash);
	if (fail)
		return error_set(err, fail, "the cryptography library refused");
	crypto_hex(hash, sizeof(hash), ret);
	return 0;
}

static int path_of(const char *dir, const char *hash, const char *suffix,
	char ret[static PATH_ROOM], struct error *err)
{
	int len = snprintf(ret, PATH_ROOM, "%s/%s%s", dir, hash, suffix);

	if (len < 0 || len >= PATH_ROOM)
		return error_set(err, FAIL_CONFIG,
			"the path of the pending sign-ins is too long");
	return 0;
}

/* ---- the files ------------------------------------------------------- */

static void put_pending(const struct pending *pending, struct buf *text)
{
	buf_printf(text, HEAD "\n%s\n%s\n%s\n%s %" PRId64 " %" PRId64 "\n",
		pending->hash, pending->found.region, pending->found.company,
		pending->begun.boot_id, pending->begun.boot_ms,
		pending->begun.wall_ms);
}

/* Reads the next line into `ret`; false when there is none or it is too
 * long. */
static bool take_line(const char **at, char *ret, size_t size)
{
	const char *end = strchr(*at, '\n');

	if (!end || (size_t)(end - *at) >= size)
		return false;
	memcpy(ret, *at, (size_t)(end - *at));
	ret[end - *at] = '\0';
	*at = end + 1;
	return true;
}

static bool parse_pending(const char *text, struct pending *ret)
{
	char head[sizeof(HEAD)], times[128], *end;
	struct pending pending = { 0 };

	if (!take_line(&text, head, sizeof(head)) || strcmp(head, HEAD) != 0 ||
		!take_line(&text, pending.hash, sizeof(pending.hash)) ||
		!take_line(&text, pending.found.region,
			sizeof(pending.found.region)) ||
		!take_line(&text, pending.found.company,
			sizeof(pending.found.company)) ||
		!take_line(&text, times, sizeof(times)))
		return false;
	char *blank = strchr(times, ' ');
	if (!blank || (size_t)(blank - times) >= sizeof(pending.begun.boot_id))
		return false;
	memcpy(pending.begun.boot_id, times, (size_t)(blank - times));
	pending.begun.boot_ms = strtoll(blank, &end, 10);
	if (*end != ' ')
		return false;
	pending.begun.wall_ms = strtoll(end, &end, 10);
	if (*end != '\0')
		return false;
	*ret = pending;
	return true;
}

/* 1: found; 0: there is no such file, or it is no pending file. */
static int read_pending(
	const char *path, struct pending *ret, struct error *err)
{
	struct buf text;

	if (access(path, F_OK) != 0 && errno == ENOENT)
		return 0;
	buf_init(&text, TEXT_MAX);
	int fail = file_read(path, TEXT_MAX, &text, err);
	bool found = !fail && parse_pending(text.data, ret);
	buf_free(&text);
	return fail ? fail : found;
}

/* Removes the files of sign-ins over a day old; counts the others. */
static int remove_old(const char *dir, struct instant now, const char *boot_id,
	size_t *ret_left, struct error *err)
{
	char path[PATH_ROOM];
	struct dirent *entry;
	struct pending pending;
	size_t left = 0;
	bool sure;
	DIR *stream = opendir(dir);

	if (!stream)
		return error_set(err, FAIL_STORE, "listing %s: %s", dir,
			strerror(errno));
	while ((entry = readdir(stream))) {
		if (strlen(entry->d_name) < HASH_CHARS ||
			path_of(dir, entry->d_name, "", path, NULL) != 0)
			continue;
		if (read_pending(path, &pending, NULL) == 1 &&
			login_age(&pending.begun, now, boot_id, &sure) <
				KEEP_MS)
			left++;
		else
			unlink(path);
	}
	closedir(stream);
	*ret_left = left;
	return 0;
}

/* ---- going out ------------------------------------------------------- */

static void put_url(const struct credentials *credentials, const char *state,
	struct buf *url)
{
	size_t base = strlen(credentials->base_url);

	while (base > 0 && credentials->base_url[base - 1] == '/')
		base--;
	buf_append(url, credentials->base_url, base);
	buf_puts(url, "/api/oauth2/auth?client_id=");
	buf_put_percent(
		url, credentials->client_id, strlen(credentials->client_id));
	buf_puts(url, "&redirect_uri=");
	buf_put_percent(url, credentials->redirect_uri,
		strlen(credentials->redirect_uri));
	buf_puts(url, "&response_type=code&state=");
	buf_puts(url, state);
}

static int record_state(const char *dir, const struct credentials *credentials,
	const char *company, const char *state, struct instant now,
	const char *boot_id, struct error *err)
{
	struct pending pending = { .begun = login_moment(now, boot_id) };
	char path[PATH_ROOM];
	struct buf text;

	if (strlen(credentials->region) >= sizeof(pending.found.region) ||
		strlen(company) > AUTHORIZE_COMPANY_MAX ||
		strchr(company, '\n'))
		return error_set(err, FAIL_USAGE,
			"the company's id or region is too long");
	snprintf(pending.found.region, sizeof(pending.found.region), "%s",
		credentials->region);
	snprintf(pending.found.company, sizeof(pending.found.company), "%s",
		company);
	int fail = hash_hex(state, pending.hash, err);
	if (!fail)
		fail = path_of(dir, pending.hash, "", path, err);
	if (fail)
		return fail;
	buf_init(&text, TEXT_MAX);
	put_pending(&pending, &text);
	fail = buf_failed(&text)
		       ? error_set(err, FAIL_STOP, "out of memory")
		       : file_replace(path, text.data, text.len, 0600, err);
	buf_free(&text);
	return fail;
}

int authorize_begin(const char *dir, const struct credentials *credentials,
	const char *company, struct instant now, const char *boot_id,
	struct buf *ret_url, struct error *err)
{
	unsigned char random[STATE_BYTES];
	char state[4 * STATE_BYTES / 3 + 4];
	size_t left;

	int fail = credentials_check(credentials, err);
	if (!fail)
		fail = file_private_dir(dir, err);
	if (!fail)
		fail = remove_old(dir, now, boot_id, &left, err);
	if (!fail && left >= AUTHORIZE_PENDING_MAX)
		fail = error_set(err, FAIL_WAIT,
			"%zu sign-ins were started within a day; the next one "
			"can start when some are a day old",
			left);
	if (!fail)
		fail = crypto_random(random, sizeof(random), err);
	if (fail)
		return fail;
	crypto_base64url(random, sizeof(random), state);
	fail = record_state(
		dir, credentials, company, state, now, boot_id, err);
	if (!fail)
		put_url(credentials, state, ret_url);
	if (!fail && buf_failed(ret_url))
		fail = error_set(err, FAIL_STOP, "out of memory");
	crypto_wipe(random, sizeof(random));
	crypto_wipe(state, sizeof(state));
	return fail;
}

/* ---- coming back ----------------------------------------------------- */

/* The used file is the pending file with one more line: the code's hash. */
static int record_code(const char *used, const struct pending *pending,
	const char *code, struct error *err)
{
	char hash[HASH_CHARS + 1];
	struct buf text;

	int fail = hash_hex(code, hash, err);
	if (fail)
		return fail;
	buf_init(&text, TEXT_MAX);
	put_pending(pending, &text);
	buf_printf(&text, "%s\n", hash);
	fail = buf_failed(&text)
		       ? error_set(err, FAIL_STOP, "out of memory")
		       : file_replace(used, text.data, text.len, 0600, err);
	buf_free(&text);
	return fail;
}

static int judge_used(const char *used, const struct callback *callback,
	enum callback_verdict *ret, struct error *err)
{
	char hash[HASH_CHARS + 1];
	struct buf text;

	*ret = CALLBACK_REUSED;
	if (callback->code[0] == '\0')
		return 0;
	buf_init(&text, TEXT_MAX);
	int fail = file_read(used, TEXT_MAX, &text, err);
	if (!fail)
		fail = hash_hex(callback->code, hash, err);
	/* The code's hash is the sixth line; a kill may have prevented it. */
	size_t lines = 0;
	for (size_t i = 0; !fail && i < text.len; i++)
		lines += text.data[i] == '\n';
	if (!fail && lines == 6 && text.len > HASH_CHARS + 1 &&
		!crypto_same(text.data + text.len - HASH_CHARS - 1, hash,
			HASH_CHARS))
		*ret = CALLBACK_SECOND_CODE;
	buf_free(&text);
	return fail;
}

static enum callback_verdict judge_fresh(const struct pending *pending,
	const char *region, const char *company, struct instant now,
	const char *boot_id)
{
	bool sure;

	if (login_age(&pending->begun, now, boot_id, &sure) >=
		AUTHORIZE_LIFE_MS)
		return CALLBACK_EXPIRED;
	if (region && strcmp(region, pending->found.region) != 0)
		return CALLBACK_OTHER_REGION;
	if (company && strcmp(company, pending->found.company) != 0)
		return CALLBACK_OTHER_COMPANY;
	return CALLBACK_GOOD;
}

/* Uses the state. 1: we used it; 0: another process was faster. */
static int rename_used(
	const char *path, const char *used, const char *dir, struct error *err)
{
	int number = fault_fails("authorize.use");

	if (number == 0 && rename(path, used) != 0)
		number = errno;
	if (number == ENOENT)
		return 0;
	if (number != 0)
		return error_set(err, FAIL_STORE,
			"renaming the pending sign-in in %s: %s", dir,
			strerror(number));
	return 1;
}

static int use_state(const char *dir, enum callback_verdict verdict,
	const struct callback *callback, const char *region,
	const char *company, struct instant now, const char *boot_id,
	const char *hash, enum callback_verdict *ret,
	struct authorize_found *ret_found, struct error *err)
{
	char path[PATH_ROOM], used[PATH_ROOM];
	struct pending pending;

	int fail = path_of(dir, hash, "", path, err);
	if (!fail)
		fail = path_of(dir, hash, ".used", used, err);
	if (fail)
		return fail;
	int found = read_pending(path, &pending, err);
	if (found < 0)
		return found;
	if (found && crypto_same(pending.hash, hash, HASH_CHARS)) {
		*ret_found = pending.found;
		*ret = judge_fresh(&pending, region, company, now, boot_id);
		if (*ret != CALLBACK_GOOD)
			return 0;
		int ours = rename_used(path, used, dir, err);
		if (ours < 0)
			return ours;
		if (ours) {
			*ret = verdict;
			/* Durable before the code is spent. */
			return record_code(used, &pending, callback->code, err);
		}
	}
	found = read_pending(used, &pending, err);
	if (found != 1) {
		*ret = CALLBACK_UNKNOWN_STATE;
		return found;
	}
	*ret_found = pending.found;
	return judge_used(used, callback, ret, err);
}

int authorize_take(const char *dir, enum callback_verdict verdict,
	const struct callback *callback, const char *region,
	const char *company, struct instant now, const char *boot_id,
	enum callback_verdict *ret, struct authorize_found *ret_found,
	struct error *err)
{
	char hash[HASH_CHARS + 1];

	*ret_found = (struct authorize_found){ 0 };
	*ret = verdict;
	if (verdict != CALLBACK_GOOD && verdict != CALLBACK_DENIED &&
		verdict != CALLBACK_ERROR)
		return 0;
	if (strlen(callback->state) != STATE_CHARS) {
		*ret = CALLBACK_UNKNOWN_STATE;
		return 0;
	}
	int fail = hash_hex(callback->state, hash, err);
	if (fail)
		return fail;
	return use_state(dir, verdict, callback, region, company, now, boot_id,
		hash, ret, ret_found, err);
}
