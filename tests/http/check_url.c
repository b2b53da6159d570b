#include <stdlib.h>
#include <string.h>

#include "tests/http/world.h"

START_TEST(test_https_goes_anywhere_and_http_to_this_machine)
{
	static const struct {
		const char *url, *host;
	} good[] = {
		{ "https://start.exactonline.nl", "start.exactonline.nl" },
		{ "https://Start.ExactOnline.NL/api/v1?$top=1#x",
			"start.exactonline.nl" },
		{ "HTTPS://start.exactonline.nl:8443/",
			"start.exactonline.nl" },
		{ "https://10.0.0.1/", "10.0.0.1" },
		{ "http://127.0.0.1:8080/a", "127.0.0.1" },
		{ "http://127.9.8.7", "127.9.8.7" },
		{ "http://[::1]:8080/", "::1" },
		{ "http://localhost/", "localhost" },
		{ "http://LOCALHOST:1?x=y", "localhost" },
	};
	char host[256];
	size_t i;

	for (i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		ck_assert_msg(http_url_check(good[i].url, host, NULL) == 0,
			"refused: %s", good[i].url);
		ck_assert_str_eq(host, good[i].host);
	}
}
END_TEST

START_TEST(test_two_servers_on_one_host_are_two_places)
{
	static const struct {
		const char *url, *place;
	} rows[] = {
		{ "https://start.exactonline.nl", "start.exactonline.nl" },
		{ "https://START.exactonline.nl:443/x",
			"start.exactonline.nl" },
		{ "https://start.exactonline.nl:8443",
			"start.exactonline.nl:8443" },
		{ "http://127.0.0.1:8080/a", "127.0.0.1:8080" },
		{ "http://127.0.0.1:8081/a", "127.0.0.1:8081" },
		{ "http://127.0.0.1/", "127.0.0.1:80" },
		{ "http://[::1]:8080/", "[::1]:8080" },
		{ "https://[::1]/", "::1" },
	};
	char place[256] = "untouched";
	size_t i;

	ck_assert_int_eq(
		http_url_place("http://evil.nl/", place, NULL), FAIL_CONFIG);
	ck_assert_str_eq(place, "untouched");
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		ck_assert_int_eq(http_url_place(rows[i].url, place, NULL), 0);
		ck_assert_str_eq(place, rows[i].place);
	}
}
END_TEST

START_TEST(test_a_hostile_url_is_refused_and_its_query_not_repeated)
{
	static const char *const bad[] = {
		"",
		"x",
		"start.exactonline.nl/SECRET",
		"//start.exactonline.nl/?SECRET",
		"ftp://127.0.0.1/?SECRET",
		"file:///etc/passwd?SECRET",
		"http://evil.nl/?SECRET",
		"http://127.0.0.1@evil.nl/?SECRET",
		"http://127.0.0.1:80@evil.nl/?SECRET",
		"https://user@start.exactonline.nl/?SECRET",
		"https://user:SECRET@start.exactonline.nl/",
		"https://@start.exactonline.nl/?SECRET",
		"http://127.0.0.1.evil.nl/?SECRET",
		"http://127.0.0.1.nip.io/?SECRET",
		"http://localhost.evil.nl/?SECRET",
		"http://localhost./?SECRET",
		"http://2130706433/?SECRET",
		"http://0x7f000001/?SECRET",
		"http://0177.0.0.1/?SECRET",
		"http://127.1/?SECRET",
		"http://%31%32%37.0.0.1/?SECRET",
		"http://0.0.0.0/?SECRET",
		"http://[::]/?SECRET",
		"http://[::ffff:127.0.0.1]/?SECRET",
		"http://[::1%25lo]/?SECRET",
		"http://[fe80::1%25eth0]/?SECRET",
		"https://[fe80::1%25eth0]/?SECRET",
		"http://[::1/?SECRET",
		"http://::1/?SECRET",
		"http:///127.0.0.1/?SECRET",
		"http:/127.0.0.1/?SECRET",
		"http:127.0.0.1/?SECRET",
		"http:/evil.nl/x://127.0.0.1/?SECRET",
		"http://127.0.0.1\\@evil.nl/?SECRET",
		"http://127.0.0.1\\.evil.nl/?SECRET",
		"https://start.exactonline.nl\\x/?SECRET",
		" https://start.exactonline.nl/?SECRET",
		"https://start.exactonline.nl/?SECRET ",
		"https://start.exactonline.nl/\tSECRET",
		"https://start.exactonline.nl/\r\nHost: SECRET",
		"https://start.exactonline.nl/\x7f?SECRET",
		"https://start.exactonline.nl/caf\xc3\xa9?SECRET",
		"https://\xd1\x82.nl/?SECRET",
		"https:///?SECRET",
		"https://:443/?SECRET",
		"https://start.exactonline.nl:0/?SECRET",
		"https://start.exactonline.nl:65536/?SECRET",
		"https://start.exactonline.nl:x/?SECRET",
		"https://start.exactonline.nl:-1/?SECRET",
	};
	char host[256] = "untouched";
	struct error err;
	size_t i;

	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		memset(&err, 0, sizeof(err));
		ck_assert_msg(http_url_check(bad[i], host, &err) == FAIL_CONFIG,
			"taken: %s", bad[i]);
		ck_assert_str_eq(host, "untouched");
		ck_assert_int_eq(err.fail, FAIL_CONFIG);
		ck_assert_uint_gt(strlen(err.text), 0);
		ck_assert_msg(
			!strstr(err.text, "SECRET"), "repeated: %s", err.text);
	}
}
END_TEST

START_TEST(test_a_url_has_a_ceiling)
{
	char *url = malloc(HTTP_URL_MAX + 2);
	char host[256];

	memset(url, 'a', HTTP_URL_MAX + 1);
	memcpy(url, "https://a/", 10);
	url[HTTP_URL_MAX] = '\0';
	ck_assert_int_eq(http_url_check(url, host, NULL), 0);
	url[HTTP_URL_MAX] = 'a';
	url[HTTP_URL_MAX + 1] = '\0';
	ck_assert_int_eq(http_url_check(url, host, NULL), FAIL_CONFIG);
	free(url);
}
END_TEST

START_TEST(test_an_origin_is_scheme_host_and_port)
{
	static const struct {
		const char *a, *b;
		bool same;
	} pairs[] = {
		{ "https://a.nl/x", "https://a.nl/y?z", true },
		{ "https://a.nl", "https://A.NL:443/", true },
		{ "http://a.nl:80/", "http://a.nl/", true },
		{ "HTTPS://a.nl/", "https://a.nl/", true },
		{ "https://a.nl/", "http://a.nl/", false },
		{ "https://a.nl/", "http://a.nl:443/", false },
		{ "https://a.nl/", "https://a.nl:444/", false },
		{ "https://a.nl/", "https://b.a.nl/", false },
		{ "https://a.nl/", "https://a.nl.evil.nl/", false },
		{ "https://a.nl/", "https://a.nl@evil.nl/", false },
		{ "https://a.nl/", "https://a.nl\\@evil.nl/", false },
		{ "https://a.nl/", "https://a.nl./", false },
		{ "https://a.nl/", "/api/v1", false },
		{ "https://a.nl/", "//a.nl/", false },
		{ "https://a.nl/", "", false },
		{ "", "", false },
		{ "http://[::1]:8/", "http://[::1]:8/x", true },
	};
	size_t i;

	for (i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++) {
		ck_assert_msg(http_url_same_origin(pairs[i].a, pairs[i].b) ==
				      pairs[i].same,
			"%s and %s", pairs[i].a, pairs[i].b);
		ck_assert_msg(http_url_same_origin(pairs[i].b, pairs[i].a) ==
				      pairs[i].same,
			"%s and %s", pairs[i].b, pairs[i].a);
	}
}
END_TEST

TCase *check_url(void)
{
	TCase *tests = tcase_create("url");

	tcase_add_test(
		tests, test_https_goes_anywhere_and_http_to_this_machine);
	tcase_add_test(tests, test_two_servers_on_one_host_are_two_places);
	tcase_add_test(tests,
		test_a_hostile_url_is_refused_and_its_query_not_repeated);
	tcase_add_test(tests, test_a_url_has_a_ceiling);
	tcase_add_test(tests, test_an_origin_is_scheme_host_and_port);
	return tests;
}
