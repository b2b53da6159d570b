/* Published test vectors, and every byte of a sealed message changed once. */
#include <stdlib.h>
#include <string.h>

#include "base/crypto.h"
#include "tests/base/suites.h"

static const unsigned char key[CRYPTO_KEY_BYTES] =
	"a key of exactly 32 bytes, here";
static const char bound[] = "login 7";
static const char plain[] = "a refresh token";

static void seal(unsigned char ret[sizeof(plain) + CRYPTO_SEAL_EXTRA])
{
	struct error err;

	ck_assert_int_eq(crypto_seal(key, bound, sizeof(bound), plain,
				 sizeof(plain), ret, &err),
		0);
}

START_TEST(test_what_is_sealed_opens_again)
{
	unsigned char sealed[sizeof(plain) + CRYPTO_SEAL_EXTRA];
	char opened[sizeof(plain)];
	struct error err;

	seal(sealed);
	ck_assert_ptr_null(
		memmem(sealed, sizeof(sealed), plain, sizeof(plain) - 1));
	ck_assert_int_eq(crypto_open(key, bound, sizeof(bound), sealed,
				 sizeof(sealed), opened, &err),
		0);
	ck_assert_str_eq(opened, plain);
}
END_TEST

START_TEST(test_nothing_at_all_can_be_sealed)
{
	unsigned char sealed[CRYPTO_SEAL_EXTRA];
	struct error err;
	char none;

	ck_assert_int_eq(crypto_seal(key, NULL, 0, NULL, 0, sealed, &err), 0);
	ck_assert_int_eq(
		crypto_open(key, NULL, 0, sealed, sizeof(sealed), &none, &err),
		0);
	ck_assert_int_eq(
		crypto_open(key, "x", 1, sealed, sizeof(sealed), &none, &err),
		FAIL_INPUT);
}
END_TEST

START_TEST(test_two_seals_of_one_text_differ)
{
	unsigned char one[sizeof(plain) + CRYPTO_SEAL_EXTRA];
	unsigned char two[sizeof(plain) + CRYPTO_SEAL_EXTRA];

	seal(one);
	seal(two);
	ck_assert_mem_ne(one, two, CRYPTO_NONCE_BYTES);
}
END_TEST

START_TEST(test_any_changed_bit_is_found_and_nothing_is_given_out)
{
	unsigned char sealed[sizeof(plain) + CRYPTO_SEAL_EXTRA];
	char opened[sizeof(plain)] = "untouched";
	struct error err;
	size_t bit;

	seal(sealed);
	for (bit = 0; bit < 8 * sizeof(sealed); bit++) {
		sealed[bit / 8] ^= (unsigned char)(1 << bit % 8);
		ck_assert_int_eq(crypto_open(key, bound, sizeof(bound), sealed,
					 sizeof(sealed), opened, &err),
			FAIL_INPUT);
		ck_assert_str_eq(opened, "untouched");
		sealed[bit / 8] ^= (unsigned char)(1 << bit % 8);
	}
}
END_TEST

START_TEST(test_another_key_another_binding_or_a_cut_open_nothing)
{
	unsigned char sealed[sizeof(plain) + CRYPTO_SEAL_EXTRA];
	unsigned char other[CRYPTO_KEY_BYTES] = { 0 };
	char opened[sizeof(plain)];
	struct error err;

	seal(sealed);
	ck_assert_int_eq(crypto_open(other, bound, sizeof(bound), sealed,
				 sizeof(sealed), opened, &err),
		FAIL_INPUT);
	ck_assert_int_eq(crypto_open(key, "login 8", sizeof(bound), sealed,
				 sizeof(sealed), opened, &err),
		FAIL_INPUT);
	ck_assert_int_eq(crypto_open(key, bound, sizeof(bound), sealed,
				 sizeof(sealed) - 1, opened, &err),
		FAIL_INPUT);
	ck_assert_int_eq(crypto_open(key, bound, sizeof(bound), sealed,
				 CRYPTO_SEAL_EXTRA - 1, opened, &err),
		FAIL_INPUT);
}
END_TEST

/* FIPS 180-2, appendix B.1. */
START_TEST(test_sha256_of_abc_is_the_published_one)
{
	unsigned char digest[CRYPTO_SHA256_BYTES];
	char hex[2 * CRYPTO_SHA256_BYTES + 1];

	ck_assert_int_eq(crypto_sha256("abc", 3, digest), 0);
	crypto_hex(digest, sizeof(digest), hex);
	ck_assert_str_eq(hex, "ba7816bf8f01cfea414140de5dae2223"
			      "b00361a396177a9cb410ff61f20015ad");
}
END_TEST

/* RFC 4648, section 10, and the two digits in which base64url differs. */
START_TEST(test_base64url_has_no_padding)
{
	static const struct {
		const char *bytes;
		const char *text;
	} rows[] = {
		{ "", "" },
		{ "f", "Zg" },
		{ "fo", "Zm8" },
		{ "foo", "Zm9v" },
		{ "foob", "Zm9vYg" },
		{ "fooba", "Zm9vYmE" },
		{ "foobar", "Zm9vYmFy" },
		{ "\xFB\xFF\xBF", "-_-_" },
	};
	char text[16];
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		crypto_base64url(rows[i].bytes, strlen(rows[i].bytes), text);
		ck_assert_str_eq(text, rows[i].text);
	}
}
END_TEST

START_TEST(test_same_compares_all_bytes)
{
	ck_assert(crypto_same("abc", "abc", 3));
	ck_assert(!crypto_same("abc", "abd", 3));
	ck_assert(!crypto_same("abc", "bbc", 3));
	ck_assert(crypto_same("abc", "abd", 2));
}
END_TEST

START_TEST(test_wiped_bytes_are_zero)
{
	char bytes[4] = { 1, 2, 3, 4 };

	crypto_wipe(bytes, 3);
	ck_assert_mem_eq(bytes, "\0\0\0\4", 4);
	crypto_wipe(NULL, 0);
}
END_TEST

START_TEST(test_random_bytes_fill_all_and_never_repeat)
{
	unsigned char one[700] = { 0 }, two[700] = { 0 };
	struct error err;

	unsetenv("EXACT_SEED");
	ck_assert_int_eq(crypto_random(one, sizeof(one), &err), 0);
	ck_assert_int_eq(crypto_random(two, sizeof(two), &err), 0);
	ck_assert_mem_ne(one, two, sizeof(one));
	/* The chance of 16 zeros at the end is 2^-128. */
	ck_assert_mem_ne(one + 684, "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 16);
}
END_TEST

#if EXACT_FAULTS
/* Block 0 is SHA-256("7:0"), block 1 SHA-256("7:1"). */
START_TEST(test_a_seed_makes_a_known_stream)
{
	unsigned char got[40], expected[64];
	struct error err;

	setenv("EXACT_SEED", "7", 1);
	ck_assert_int_eq(crypto_random(got, 5, &err), 0);
	ck_assert_int_eq(crypto_random(got + 5, 35, &err), 0);
	unsetenv("EXACT_SEED");
	ck_assert_int_eq(crypto_sha256("7:0", 3, expected), 0);
	ck_assert_int_eq(crypto_sha256("7:1", 3, expected + 32), 0);
	ck_assert_mem_eq(got, expected, sizeof(got));
}
END_TEST
#endif

Suite *crypto_suite(void)
{
	Suite *suite = suite_create("crypto");
	TCase *tcase = tcase_create("crypto");

	tcase_add_test(tcase, test_what_is_sealed_opens_again);
	tcase_add_test(tcase, test_nothing_at_all_can_be_sealed);
	tcase_add_test(tcase, test_two_seals_of_one_text_differ);
	tcase_add_test(
		tcase, test_any_changed_bit_is_found_and_nothing_is_given_out);
	tcase_add_test(
		tcase, test_another_key_another_binding_or_a_cut_open_nothing);
	tcase_add_test(tcase, test_sha256_of_abc_is_the_published_one);
	tcase_add_test(tcase, test_base64url_has_no_padding);
	tcase_add_test(tcase, test_same_compares_all_bytes);
	tcase_add_test(tcase, test_wiped_bytes_are_zero);
	tcase_add_test(tcase, test_random_bytes_fill_all_and_never_repeat);
#if EXACT_FAULTS
	tcase_add_test(tcase, test_a_seed_makes_a_known_stream);
#endif
	suite_add_tcase(suite, tcase);
	return suite;
}
