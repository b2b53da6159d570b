/*
 * See vault_slots.h for the layout. Every sealed thing is bound to what it
 * is, whose it is, where it stands and its number:
 *
 *	"exact-connector slot 1" NUL | name, padded | index | sequence
 *
 * so that no slot can stand in for another one, older or elsewhere.
 */
#include "store/vault_slots.h"

#include <endian.h>
#include <stdlib.h>
#include <string.h>

static const char magic[8] = { 'E', 'X', 'L', 'O', 'G', 'I', 'N', '1' };

#define BOUND_KIND 32
#define BOUND_LEN  (BOUND_KIND + VAULT_NAME_MAX + 1 + 8)
#define SLOT_PLAIN (VAULT_SLOTS_SLOT - 8 - CRYPTO_SEAL_EXTRA)
#define SLOT_HEAD  12 /* generation, length */

#define INTENT_PLAIN  (8 * 5 + 4 + 40)
#define INTENT_SEALED (INTENT_PLAIN + CRYPTO_SEAL_EXTRA)

_Static_assert(SLOT_PLAIN - SLOT_HEAD == VAULT_PAYLOAD_MAX,
	"VAULT_PAYLOAD_MAX is what a slot holds");

static void put64(unsigned char *at, uint64_t value)
{
	uint64_t little = htole64(value);
	memcpy(at, &little, sizeof(little));
}

static uint64_t get64(const unsigned char *at)
{
	uint64_t little;
	memcpy(&little, at, sizeof(little));
	return le64toh(little);
}

static void put32(unsigned char *at, uint32_t value)
{
	uint32_t little = htole32(value);
	memcpy(at, &little, sizeof(little));
}

static uint32_t get32(const unsigned char *at)
{
	uint32_t little;
	memcpy(&little, at, sizeof(little));
	return le32toh(little);
}

static void bound_for(unsigned char bound[static BOUND_LEN], const char *kind,
	const char *name, int index, uint64_t number)
{
	memset(bound, 0, BOUND_LEN);
	memcpy(bound, kind, strnlen(kind, BOUND_KIND - 1));
	memcpy(bound + BOUND_KIND, name, strnlen(name, VAULT_NAME_MAX));
	bound[BOUND_KIND + VAULT_NAME_MAX] = (unsigned char)index;
	put64(bound + BOUND_KIND + VAULT_NAME_MAX + 1, number);
}

size_t vault_slots_intent_at(int index)
{
	return VAULT_SLOTS_HEADER + (size_t)index * VAULT_SLOTS_INTENT;
}

size_t vault_slots_slot_at(int index)
{
	return VAULT_SLOTS_HEADER + 2 * (size_t)VAULT_SLOTS_INTENT +
	       (size_t)index * VAULT_SLOTS_SLOT;
}

int vault_slots_key_check(const unsigned char key[static CRYPTO_KEY_BYTES],
	unsigned char ret[static VAULT_SLOTS_CHECK])
{
	static const char label[] = "exact-connector key check 1";
	unsigned char text[sizeof(label) + CRYPTO_KEY_BYTES];
	unsigned char hash[CRYPTO_SHA256_BYTES];

	memcpy(text, label, sizeof(label));
	memcpy(text + sizeof(label), key, CRYPTO_KEY_BYTES);
	int rc = crypto_sha256(text, sizeof(text), hash);
	crypto_wipe(text, sizeof(text));
	if (rc != 0)
		return rc;
	memcpy(ret, hash, VAULT_SLOTS_CHECK);
	return 0;
}

void vault_slots_header(const unsigned char check[static VAULT_SLOTS_CHECK],
	unsigned char ret[static VAULT_SLOTS_HEADER])
{
	memset(ret, 0, VAULT_SLOTS_HEADER);
	memcpy(ret, magic, sizeof(magic));
	put32(ret + 8, 1);
	put32(ret + 12, VAULT_SLOTS_SLOT);
	memcpy(ret + 16, check, VAULT_SLOTS_CHECK);
}

static int read_header(const unsigned char *file,
	const unsigned char key[static CRYPTO_KEY_BYTES],
	struct vault_slots_view *view)
{
	unsigned char check[VAULT_SLOTS_CHECK];
	int rc = vault_slots_key_check(key, check);
	if (rc != 0)
		return rc;
	view->foreign_format = memcmp(file, magic, sizeof(magic)) != 0 ||
			       get32(file + 8) != 1;
	view->foreign_key = !view->foreign_format &&
			    !crypto_same(file + 16, check, sizeof(check));
	return 0;
}

static bool all_zero(const unsigned char *bytes, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (bytes[i] != 0)
			return false;
	return true;
}

static bool open_slot(const unsigned char *file, const char *name, int index,
	const unsigned char key[static CRYPTO_KEY_BYTES], unsigned char *plain,
	uint64_t *ret_sequence)
{
	const unsigned char *at = file + vault_slots_slot_at(index);
	unsigned char bound[BOUND_LEN];
	uint64_t sequence = get64(at);

	if (sequence == 0)
		return false;
	bound_for(bound, "exact-connector slot 1", name, index, sequence);
	if (crypto_open(key, bound, sizeof(bound), at + 8, VAULT_SLOTS_SLOT - 8,
		    plain, NULL) != 0)
		return false;
	if (get32(plain + 8) > VAULT_PAYLOAD_MAX)
		return false;
	*ret_sequence = sequence;
	return true;
}

static bool open_intent(const unsigned char *file, const char *name, int index,
	const unsigned char key[static CRYPTO_KEY_BYTES],
	struct vault_intent *ret)
{
	const unsigned char *at = file + vault_slots_intent_at(index);
	unsigned char bound[BOUND_LEN], plain[INTENT_PLAIN];
	uint64_t counter = get64(at);

	if (counter == 0)
		return false;
	bound_for(bound, "exact-connector intent 1", name, index, counter);
	if (crypto_open(key, bound, sizeof(bound), at + 8, INTENT_SEALED, plain,
		    NULL) != 0)
		return false;
	memset(ret, 0, sizeof(*ret));
	ret->counter = counter;
	ret->generation = get64(plain);
	ret->boot_ms = (int64_t)get64(plain + 8);
	ret->wall_ms = (int64_t)get64(plain + 16);
	ret->day = (int64_t)get64(plain + 24);
	ret->day_requests = get32(plain + 32);
	memcpy(ret->boot_id, plain + 36, sizeof(ret->boot_id) - 1);
	return true;
}

static int take_payload(const unsigned char *plain, uint64_t sequence,
	struct vault_record *record, struct error *err)
{
	size_t len = get32(plain + 8);
	unsigned char *payload = malloc(len + 1);

	if (!payload)
		return error_set(err, FAIL_STOP, "out of memory");
	memcpy(payload, plain + SLOT_HEAD, len);
	payload[len] = 0;
	record->payload = payload;
	record->len = len;
	record->sequence = sequence;
	record->generation = get64(plain);
	return 0;
}

static void read_intents(const unsigned char *file, const char *name,
	const unsigned char key[static CRYPTO_KEY_BYTES],
	struct vault_slots_view *view, struct vault_record *record)
{
	view->intent = -1;
	for (int i = 0; i < 2; i++) {
		struct vault_intent intent;
		if (!open_intent(file, name, i, key, &intent))
			continue;
		if (record->has_intent &&
			record->intent.counter > intent.counter)
			continue;
		record->intent = intent;
		record->has_intent = true;
		view->intent = i;
	}
}

int vault_slots_read(const unsigned char *file, const char *name,
	const unsigned char key[static CRYPTO_KEY_BYTES],
	struct vault_slots_view *ret_view, struct vault_record *ret_record,
	struct error *err)
{
	struct vault_slots_view view = { .slot = -1, .intent = -1 };
	struct vault_record record = { 0 };
	unsigned char *plain = malloc(2 * (size_t)SLOT_PLAIN);
	uint64_t sequence[2] = { 0, 0 };

	if (!plain)
		return error_set(err, FAIL_STOP, "out of memory");
	int rc = read_header(file, key, &view);
	if (rc != 0)
		goto out;
	for (int i = 0; i < 2; i++)
		if (open_slot(file, name, i, key, plain + i * SLOT_PLAIN,
			    &sequence[i]) &&
			(view.slot < 0 || sequence[i] > sequence[view.slot]))
			view.slot = i;
	read_intents(file, name, key, &view, &record);
	if (view.slot >= 0) {
		const unsigned char *other = file +
					     vault_slots_slot_at(!view.slot);
		view.sequence = sequence[view.slot];
		view.other_blank = all_zero(other, VAULT_SLOTS_SLOT);
		record.torn = sequence[!view.slot] == 0 && !view.other_blank;
		rc = take_payload(plain + view.slot * SLOT_PLAIN, view.sequence,
			&record, err);
	}
out:
	crypto_wipe(plain, 2 * (size_t)SLOT_PLAIN);
	free(plain);
	if (rc != 0)
		return rc;
	*ret_view = view;
	*ret_record = record;
	return 0;
}

int vault_slots_seal_slot(const char *name, int index, uint64_t sequence,
	uint64_t generation, const void *payload, size_t len,
	const unsigned char key[static CRYPTO_KEY_BYTES], unsigned char *ret,
	struct error *err)
{
	unsigned char bound[BOUND_LEN];

	if (len > VAULT_PAYLOAD_MAX)
		return error_set(err, FAIL_INPUT,
			"a login of %zu bytes does not fit a vault slot of %d",
			len, VAULT_PAYLOAD_MAX);
	unsigned char *plain = calloc(1, SLOT_PLAIN);
	if (!plain)
		return error_set(err, FAIL_STOP, "out of memory");
	put64(plain, generation);
	put32(plain + 8, (uint32_t)len);
	memcpy(plain + SLOT_HEAD, payload, len);
	put64(ret, sequence);
	bound_for(bound, "exact-connector slot 1", name, index, sequence);
	int rc = crypto_seal(
		key, bound, sizeof(bound), plain, SLOT_PLAIN, ret + 8, err);
	crypto_wipe(plain, SLOT_PLAIN);
	free(plain);
	return rc;
}

int vault_slots_seal_intent(const char *name, int index,
	const struct vault_intent *intent,
	const unsigned char key[static CRYPTO_KEY_BYTES], unsigned char *ret,
	struct error *err)
{
	unsigned char bound[BOUND_LEN], plain[INTENT_PLAIN] = { 0 };

	put64(plain, intent->generation);
	put64(plain + 8, (uint64_t)intent->boot_ms);
	put64(plain + 16, (uint64_t)intent->wall_ms);
	put64(plain + 24, (uint64_t)intent->day);
	put32(plain + 32, intent->day_requests);
	memcpy(plain + 36, intent->boot_id,
		strnlen(intent->boot_id, sizeof(intent->boot_id) - 1));
	memset(ret, 0, VAULT_SLOTS_INTENT);
	put64(ret, intent->counter);
	bound_for(bound, "exact-connector intent 1", name, index,
		intent->counter);
	return crypto_seal(
		key, bound, sizeof(bound), plain, sizeof(plain), ret + 8, err);
}

int vault_slots_seal_mark(const char *name, uint64_t generation,
	const unsigned char key[static CRYPTO_KEY_BYTES],
	unsigned char ret[static VAULT_SLOTS_MARK], struct error *err)
{
	unsigned char bound[BOUND_LEN], plain[8];

	put64(plain, generation);
	bound_for(bound, "exact-connector mark 1", name, 0, 0);
	return crypto_seal(
		key, bound, sizeof(bound), plain, sizeof(plain), ret, err);
}

uint64_t vault_slots_open_mark(const char *name,
	const unsigned char key[static CRYPTO_KEY_BYTES],
	const unsigned char mark[static VAULT_SLOTS_MARK])
{
	unsigned char bound[BOUND_LEN], plain[8];

	bound_for(bound, "exact-connector mark 1", name, 0, 0);
	if (crypto_open(key, bound, sizeof(bound), mark, VAULT_SLOTS_MARK,
		    plain, NULL) != 0)
		return 0;
	return get64(plain);
}
