/*
 * The configuration's reader, by a table of files: what each sets, or what
 * it is refused with. A refusal names the file, the line and what is
 * expected, and leaves the caller's settings alone.
 */
#include <check.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "app/settings.h"

static char dir[64];
static char path[128];

static void make_dir(void)
{
	snprintf(dir, sizeof(dir), "/tmp/check-settings.XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(dir));
	snprintf(path, sizeof(path), "%s/a.conf", dir);
}

static void remove_dir(void)
{
	(void)unlink(path);
	ck_assert_int_eq(rmdir(dir), 0);
}

static void put_bytes(const char *bytes, size_t len)
{
	FILE *file = fopen(path, "wb");

	ck_assert_ptr_nonnull(file);
	ck_assert_uint_eq(fwrite(bytes, 1, len, file), len);
	ck_assert_int_eq(fclose(file), 0);
}

/* The error's text; "" when the file was taken. */
static const char *verdict(struct settings *ret)
{
	static struct error err;
	int fail;

	err = (struct error){ 0 };
	fail = settings_read(path, ret, &err);
	if (fail != 0) {
		ck_assert_int_eq(fail, FAIL_CONFIG);
		ck_assert_msg(strstr(err.text, path) != NULL, "%s", err.text);
	}
	return err.text;
}

static const struct {
	const char *text;
	const char *line;     /* ":2:" */
	const char *expected; /* part of the error */
} refused[] = {
	{ "limits : { minute = sixty; };", ":1:", "minute = 60;" },
	{ "limits : { minute = \"60\"; };",
		":1:", "'limits.minute' must be a number from 1 to 600" },
	{ "limits : { minute = 60.0; };", ":1:", "1 to 600" },
	{ "\nlimits : { minute = 0; };", ":2:", "1 to 600" },
	{ "limits : { minute = 601; };", ":1:", "1 to 600" },
	{ "limits : { minute = 60L; };", ":1:", "1 to 600" },
	{ "limits : { minute = [60]; };", ":1:", "1 to 600" },
	{ "limits : { day = -1; };", ":1:", "1 to 1000000" },
	{ "limits : { day = 99999999999999999999; };", ":1:", "" },
	{ "limits : { minute = 60; minute = 50; };", ":1:", "duplicate" },
	{ "limits = 60;", ":1:", "'limits' must be a group" },
	{ "limits = ( { minute = 60; } );", ":1:", "must be a group" },
	{ "limits : { minutes = 60; };", ":1:", "no setting 'limits.minutes'" },
	{ "\n\n\nlimit : { minute = 60; };", ":4:", "no setting 'limit'" },
	{ "minute = 60;", ":1:", "no setting 'minute'" },
	{ "sync : { reference_interval_s = 0; };",
		":1:", "seconds from 1 to 604800" },
	{ "http : { timeout_s = 4; };", ":1:", "seconds from 5 to 3600" },
	{ "http : { ca_file = 1; };", ":1:", "PEM" },
	{ "http : { verify = false; };", ":1:", "no setting 'http.verify'" },
	{ "log : {\n level = \"loud\"; };",
		":2:", "must be debug, info, warn or error" },
	{ "log : { level = 1; };", ":1:", "debug, info, warn or error" },
	{ "regions : { nl : { receiver_is_ours = 1; }; };",
		":1:", "true or false" },
	{ "regions : { nl : { receiver_is_ours = \"true\"; }; };",
		":1:", "true or false" },
	{ "regions : { nl : { base_url = true; }; };", ":1:", "a URL" },
	{ "regions : { de : { client_id = \"x\"; }; };",
		":1:", "no setting 'regions.de'" },
	{ "regions : { nl : {\n scopes = \"crm.acounts\"; }; };",
		":2: 'regions.nl.scopes'", "did you mean 'crm.accounts'?" },
	{ "regions : { uk : { scopes = (\"sales.orders\",\n"
	  "\"sales.order=read\"); }; };",
		":2:", "did you mean 'sales.orders'?" },
	{ "regions : { uk : { scopes = [ \"sales.orders=write\" ]; }; };",
		":1:", "none, read and manage" },
	{ "regions : { uk : { scopes = [ \"crm.quotes\", "
	  "\"crm.quotes=manage\" ]; }; };",
		":1:", "two levels" },
	{ "regions : { nl : { scopes = 7; }; };", ":1:", "scopes with levels" },
	{ "regions : { nl : { scopes : { a = 1; }; }; };",
		":1:", "scopes with levels" },
	{ "client_secret = \"x\";", ":1:", "secrets are not kept" },
	{ "regions : { nl : { Client_Secret = \"x\"; }; };",
		":1:", "'exact-connector secret REGION'" },
	{ "@include \"other.conf\"", ":1:", "@include is not supported" },
	{ "limits : {\n\t @include \"/etc/passwd\"\n};", ":2:", "@include" },
	{ "limits : {", ":1:", "settings look like" },
	{ "limits : { minute = 60 };;;", ":1:", "" },
	{ "a.b = 1;", ":1:", "" },
};

START_TEST(test_each_bad_file_is_refused_with_its_line_and_the_remedy)
{
	struct settings got, before;
	const char *said;
	char where[160];

	make_dir();
	memset(&got, 0x5a, sizeof(got));
	before = got;
	put_bytes(refused[_i].text, strlen(refused[_i].text));
	said = verdict(&got);
	snprintf(where, sizeof(where), "%s%s", path, refused[_i].line);
	ck_assert_msg(strstr(said, where) != NULL, "row %d: %s", _i, said);
	ck_assert_msg(strstr(said, refused[_i].expected) != NULL, "row %d: %s",
		_i, said);
	ck_assert_mem_eq(&got, &before, sizeof(got));
	remove_dir();
}
END_TEST

static int level(const struct settings *settings, const char *id)
{
	return settings->regions[0]
		.scopes.set.level[catalogue_find(id, strlen(id))];
}

START_TEST(test_scopes_are_a_list_or_one_text_and_unsaid_is_not_none)
{
	static const char *const texts[] = {
		"regions : { nl : { scopes = [ \"crm.accounts=manage\", "
		"\"sales.orders\" ]; }; };",
		"regions : { nl : { scopes = ( \"crm.accounts=manage\", "
		"\"sales.orders\" ); }; };",
		"regions : { nl : { scopes = \"crm.accounts=manage, "
		"sales.orders\"; }; };",
	};
	struct settings got;

	make_dir();
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		put_bytes(texts[i], strlen(texts[i]));
		ck_assert_str_eq(verdict(&got), "");
		ck_assert(got.regions[0].scopes.declared);
		ck_assert(!got.regions[1].scopes.declared);
		ck_assert_int_eq(level(&got, "crm.accounts"), CATALOGUE_MANAGE);
		ck_assert_int_eq(level(&got, "sales.orders"), CATALOGUE_READ);
		ck_assert_int_eq(level(&got, "hrm.payroll"), CATALOGUE_NONE);
	}
	put_bytes("regions : { nl : { scopes = []; }; };", 37);
	ck_assert_str_eq(verdict(&got), "");
	ck_assert(got.regions[0].scopes.declared);
	ck_assert_int_eq(level(&got, "crm.accounts"), CATALOGUE_NONE);
	remove_dir();
}
END_TEST

START_TEST(test_an_empty_file_is_all_defaults)
{
	struct settings got;

	make_dir();
	put_bytes("# nothing\n", 10);
	ck_assert_str_eq(verdict(&got), "");
	ck_assert_str_eq(
		got.regions[0].base_url, "https://start.exactonline.nl");
	ck_assert_str_eq(
		got.regions[1].base_url, "https://start.exactonline.co.uk");
	ck_assert_str_eq(got.regions[0].client_id, "");
	ck_assert(!got.regions[0].receiver_is_ours);
	ck_assert_int_eq(got.limits.minute, 60);
	ck_assert_int_eq(got.limits.day, 5000);
	ck_assert_int_eq((int)got.timeout_ms, 120000);
	ck_assert_int_eq(got.reference_ms, 6 * 3600000);
	ck_assert_int_eq(got.log_level, LOG_LEVEL_INFO);
	remove_dir();
}
END_TEST

START_TEST(test_every_setting_arrives_where_it_belongs)
{
	static const char text[] =
		"\xef\xbb\xbfregions : {\r\n"
		" nl : { base_url = \"http://127.0.0.1:1//\"; client_id = "
		"\"a\";"
		" redirect_uri = \"https://x/y/\"; receiver_is_ours = true; };"
		" uk : { base_url = \"https://u/\"; client_id = \"Zo\xc3\xab\";"
		" redirect_uri = \"https://z/\"; receiver_is_ours = true; }; };"
		"limits : { minute = 600; day = 1; };"
		"sync : { reference_interval_s = 60; };"
		"http : { timeout_s = 5; ca_file = \"/a b/c.pem\"; };"
		"log : { level = \"error\"; };";
	struct settings got;

	make_dir();
	put_bytes(text, strlen(text));
	ck_assert_str_eq(verdict(&got), "");
	ck_assert_str_eq(got.regions[0].base_url, "http://127.0.0.1:1");
	/* A redirect URI must stay as registered, letter by letter. */
	ck_assert_str_eq(got.regions[0].redirect_uri, "https://x/y/");
	ck_assert_str_eq(got.regions[1].base_url, "https://u");
	ck_assert_str_eq(got.regions[1].client_id, "Zo\xc3\xab");
	ck_assert_str_eq(got.regions[1].redirect_uri, "https://z/");
	ck_assert(got.regions[0].receiver_is_ours);
	ck_assert(got.regions[1].receiver_is_ours);
	ck_assert_int_eq(got.limits.minute, 600);
	ck_assert_int_eq(got.limits.day, 1);
	ck_assert_int_eq((int)got.timeout_ms, 5000);
	ck_assert_int_eq(got.reference_ms, 60000);
	ck_assert_str_eq(got.ca_file, "/a b/c.pem");
	ck_assert_int_eq(got.log_level, LOG_LEVEL_ERROR);
	ck_assert_str_eq(got.path, path);
	remove_dir();
}
END_TEST

START_TEST(test_a_text_of_1023_bytes_fits_and_of_1024_does_not)
{
	char text[2048];
	struct settings got;

	make_dir();
	for (int len = 1023; len <= 1024; len++) {
		int put = snprintf(text, sizeof(text),
			"http : { ca_file = \"%0*d\"; };", len, 0);

		put_bytes(text, (size_t)put);
		if (len == 1023)
			ck_assert_str_eq(verdict(&got), "");
		else
			ck_assert_ptr_nonnull(
				strstr(verdict(&got), "shorter than 1024"));
	}
	remove_dir();
}
END_TEST

START_TEST(test_a_file_that_is_no_text_or_too_large_or_a_folder_is_refused)
{
	struct settings got;
	char *large = malloc(2u * 1024 * 1024);

	make_dir();
	put_bytes("limits : { };\0minute = 1;", 25);
	ck_assert_ptr_nonnull(strstr(verdict(&got), "NUL"));
	ck_assert_ptr_nonnull(large);
	memset(large, ' ', 2u * 1024 * 1024);
	put_bytes(large, 2u * 1024 * 1024);
	free(large);
	ck_assert_ptr_nonnull(strstr(verdict(&got), "larger than"));
	ck_assert_int_eq(unlink(path), 0);
	ck_assert_ptr_nonnull(strstr(verdict(&got), "'exact-connector init'"));
	ck_assert_int_eq(mkdir(path, 0700), 0);
	ck_assert_ptr_nonnull(strstr(verdict(&got), "cannot be read"));
	ck_assert_int_eq(rmdir(path), 0);
	remove_dir();
}
END_TEST

START_TEST(test_a_file_that_may_not_be_read_is_told_as_such)
{
	struct settings got;

	if (geteuid() == 0) { /* root may read all */
		make_dir();
		ck_assert_int_eq(symlink(path, path), 0);
		ck_assert_ptr_nonnull(strstr(verdict(&got), strerror(ELOOP)));
		remove_dir();
		return;
	}
	make_dir();
	put_bytes("", 0);
	ck_assert_int_eq(chmod(path, 0), 0);
	ck_assert_ptr_nonnull(strstr(verdict(&got), strerror(EACCES)));
	remove_dir();
}
END_TEST

START_TEST(test_deep_nesting_ends_in_a_refusal)
{
	struct settings got;
	struct buf text;

	make_dir();
	buf_init(&text, 1024 * 1024);
	for (int i = 0; i < 100000; i++)
		buf_puts(&text, "a:{");
	put_bytes(text.data, text.len);
	buf_free(&text);
	ck_assert_str_ne(verdict(&got), "");
	remove_dir();
}
END_TEST

START_TEST(test_every_setting_that_is_written_is_read_back)
{
	char name[SETTINGS_NAME_MAX];
	struct settings put, got;
	struct error err = { 0 };
	struct buf text;

	make_dir();
	buf_init(&text, 65536);
	settings_defaults(&put);
	snprintf(put.path, sizeof(put.path), "%s", path);
	for (size_t i = 0; i < region_count; i++) {
		struct settings_region *region = &put.regions[i];

		snprintf(
			region->base_url, SETTINGS_TEXT_MAX, "https://b%zu", i);
		snprintf(region->client_id, SETTINGS_TEXT_MAX,
			"with \"quotes\" and \\ %zu", i);
		snprintf(region->redirect_uri, SETTINGS_TEXT_MAX,
			"https://c%zu/", i);
		region->receiver_is_ours = true;
		region->scopes.declared = true;
		ck_assert_int_eq(scopes_set_parse("crm.accounts=manage, "
						  "sales.orders",
					 &region->scopes.set, &err),
			0);
	}
	put.limits.minute = 7;
	put.limits.day = 8;
	put.timeout_ms = 9000;
	put.reference_ms = 9000;
	snprintf(put.ca_file, sizeof(put.ca_file), "/a b.pem");
	put.log_level = LOG_LEVEL_WARN;
	settings_write(&put, &text);
	put_bytes(text.data, text.len);
	memset(&got, 0, sizeof(got));
	ck_assert_str_eq(verdict(&got), "");
	ck_assert_mem_eq(&got, &put, sizeof(got));
	/* Unless it is set, a setting is there as an example, to be found. */
	buf_reset(&text);
	settings_defaults(&put);
	settings_write(&put, &text);
	for (size_t i = 0; settings_name(i, name); i++)
		ck_assert_msg(strstr(text.data, strrchr(name, '.') + 1),
			"%s is not written", name);
	put_bytes(text.data, text.len);
	ck_assert_str_eq(verdict(&got), "");
	ck_assert(!got.regions[0].scopes.declared);
	buf_free(&text);
	remove_dir();
}
END_TEST

START_TEST(test_a_region_without_a_usable_client_id_or_url_is_refused)
{
	static const struct {
		const char *text, *expected;
	} rows[] = {
		{ "", "'regions.nl.client_id' is empty" },
		{ "client_id = \"a b\";", "blank" },
		{ "client_id = \"a\\n\";", "blank" },
		{ "client_id = \"a\"; base_url = \"http://example.com\";",
			"base_url" },
		{ "client_id = \"a\"; base_url = \"ftp://127.0.0.1\";",
			"base_url" },
		{ "client_id = \"a\"; redirect_uri = \"http://example.com\";",
			"redirect_uri" },
		{ "client_id = \"a\"; base_url = \"https://u:p@host\";",
			"base_url" },
	};
	struct settings got;
	char text[512];

	make_dir();
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct error err = { 0 };
		int put = snprintf(text, sizeof(text),
			"regions : { nl : { %s }; };", rows[i].text);

		put_bytes(text, (size_t)put);
		ck_assert_str_eq(verdict(&got), "");
		ck_assert_int_eq(settings_region_check(&got,
					 settings_region(&got, "nl"), &err),
			FAIL_CONFIG);
		ck_assert_msg(strstr(err.text, rows[i].expected) != NULL,
			"row %zu: %s", i, err.text);
	}
	ck_assert_ptr_null(settings_region(&got, "de"));
	remove_dir();
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("settings");
	TCase *tcase = tcase_create("settings");
	SRunner *runner;
	int failed;

	tcase_add_loop_test(tcase,
		test_each_bad_file_is_refused_with_its_line_and_the_remedy, 0,
		(int)(sizeof(refused) / sizeof(refused[0])));
	tcase_add_test(tcase, test_an_empty_file_is_all_defaults);
	tcase_add_test(tcase,
		test_scopes_are_a_list_or_one_text_and_unsaid_is_not_none);
	tcase_add_test(tcase, test_every_setting_arrives_where_it_belongs);
	tcase_add_test(
		tcase, test_a_text_of_1023_bytes_fits_and_of_1024_does_not);
	tcase_add_test(tcase,
		test_a_file_that_is_no_text_or_too_large_or_a_folder_is_refused);
	tcase_add_test(tcase, test_a_file_that_may_not_be_read_is_told_as_such);
	tcase_add_test(tcase, test_deep_nesting_ends_in_a_refusal);
	tcase_add_test(tcase, test_every_setting_that_is_written_is_read_back);
	tcase_add_test(tcase,
		test_a_region_without_a_usable_client_id_or_url_is_refused);
	suite_add_tcase(suite, tcase);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
