/*
 * Data types of which one row makes one record: replies as Exact Online
 * sends them in, records as JSON out. The numbers are worked by hand.
 */
#include <check.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/clock.h"
#include "connector/convert.h"
#include "connector/derive.h"
#include "connector/entity.h"
#include "connector/feed.h"
#include "store/records.h"

#define DIVISION 7
#define NOW      INT64_C(1795255200000) /* 2026-11-21T10:00:00Z */
/* 2026-07-01T22:30:00 on the wall, in Amsterdam's summer. */
#define MODIFIED "\"Modified\":\"/Date(1782945000000)/\""

static char dir[256];
static struct clock *world_clock;
static struct records *records;
static struct error err;
static struct buf reply;
static struct derive_counts counts;

#define OK(call)                                                               \
	do {                                                                   \
		int got_ = (call);                                             \
		ck_assert_msg(got_ == 0, #call ": %d %s", got_, err.text);     \
	} while (0)

static void set_up(void)
{
	const char *tmp = getenv("TMPDIR");
	char path[320];

	snprintf(dir, sizeof(dir), "%s/check_types.XXXXXX", tmp ? tmp : "/tmp");
	ck_assert_ptr_nonnull(mkdtemp(dir));
	snprintf(path, sizeof(path), "%s/company.db", dir);
	ck_assert_int_eq(clock_open_private(&world_clock, NOW), 0);
	buf_init(&reply, 1 << 20);
	memset(&err, 0, sizeof(err));
	OK(records_open(&records, path, RECORDS_WRITE, world_clock, &err));
	OK(feed_declare(records, &err));
}

static void tear_down(void)
{
	char command[400];

	records_close(records);
	clock_free(world_clock);
	buf_free(&reply);
	snprintf(command, sizeof(command), "rm -rf '%s'", dir);
	ck_assert_int_eq(system(command), 0);
}

/* The entity's next page; each row with the Division in front. */
static void arrive(const struct entity *entity, const char *rows)
{
	const struct feed_options options = {
		.records = records,
		.entity = entity,
		.division = DIVISION,
		.server_ms = NOW,
	};
	struct feed *feed;
	struct feed_page page;

	buf_reset(&reply);
	buf_printf(&reply, "{\"d\":{\"results\":[%s]}}", rows);
	OK(feed_open(&feed, &options, &err));
	OK(feed_apply(feed, reply.data, reply.len, &page, &err));
	ck_assert(page.last);
	feed_close(feed);
}

static void derive_in(const char *region, const struct model_type *type)
{
	struct derive derive = {
		.records = records,
		.region = region,
		.currency = "EUR",
		.zone = WHEN_ZONE_CENTRAL,
	};

	memset(&counts, 0, sizeof(counts));
	OK(derive_mapping(&derive, &err));
	OK(derive_run(&derive, type, &counts, &err));
	derive_free(&derive);
}

static void derive(const struct model_type *type)
{
	derive_in("nl", type);
}

struct wanted {
	const char *id;
	struct buf text;
};

static int keep_json(void *arg, struct model_record *record)
{
	struct wanted *wanted = arg;

	if (!strcmp(model_text(record, 0), wanted->id))
		model_json(record, &wanted->text);
	return 0;
}

/* Without modifiedDate: when we stored it is not what is tested. */
static const char *json_of(const struct model_type *type, const char *id)
{
	static char text[8192];
	struct wanted wanted = { .id = id };
	char *stamp;

	buf_init(&wanted.text, 1 << 20);
	OK(records_each(records, type, keep_json, &wanted, &err));
	snprintf(text, sizeof(text), "%s",
		wanted.text.data ? wanted.text.data : "");
	buf_free(&wanted.text);
	stamp = strstr(text, ",\"modifiedDate\":\"");
	if (stamp) {
		char *end = strchr(stamp + 17, '"') + 1;
		memmove(stamp, end, strlen(end) + 1);
	}
	return text;
}

/* ---- taxRates ------------------------------------------------------------ */

#define VAT(id, rest) "{\"Division\":7,\"ID\":\"" id "\"," rest "," MODIFIED "}"

START_TEST(test_a_vat_codes_fraction_becomes_a_percentage)
{
	/* 0.21000000000000002 is the noise of a double: 21. */
	arrive(&entity_vat_codes,
		VAT("v1", "\"Code\":\"4  \",\"Description\":\"High\","
			  "\"Percentage\":0.21000000000000002,"
			  "\"IsBlocked\":false") "," VAT("v2",
			"\"Code\":\"VB \",\"Description\":\"Old\","
			"\"Percentage\":0.055,\"IsBlocked\":true") "," VAT("v3",
			"\"Code\":\"0\",\"Description\":null,"
			"\"Percentage\":0,\"IsBlocked\":false"));
	derive(&model_tax_rates);
	ck_assert_int_eq(counts.created, 3);
	ck_assert_str_eq(json_of(&model_tax_rates, "v1"),
		"{\"id\":\"v1\",\"name\":\"High\",\"code\":\"4\","
		"\"status\":\"Active\",\"effectiveTaxRate\":21,"
		"\"totalTaxRate\":21,\"components\":[{\"name\":\"4\","
		"\"rate\":21,\"isCompound\":false}],"
		"\"metadata\":{\"isDeleted\":false},"
		"\"sourceModifiedDate\":\"2026-07-01T20:30:00Z\"}");
	ck_assert_ptr_nonnull(strstr(json_of(&model_tax_rates, "v2"),
		"\"code\":\"VB\",\"status\":\"Archived\","
		"\"effectiveTaxRate\":5.5,\"totalTaxRate\":5.5,"));
	ck_assert_ptr_nonnull(strstr(json_of(&model_tax_rates, "v3"),
		"{\"id\":\"v3\",\"code\":\"0\",\"status\":\"Active\","
		"\"effectiveTaxRate\":0,\"totalTaxRate\":0,"));
}
END_TEST

START_TEST(test_a_vat_code_that_left_the_list_is_retired_and_may_return)
{
	const char *both = VAT(
		"v1", "\"Code\":\"1\",\"Percentage\":0.21") "," VAT("v2",
		"\"Code\":\"2\",\"Percentage\":0.09");

	arrive(&entity_vat_codes, both);
	derive(&model_tax_rates);
	arrive(&entity_vat_codes,
		VAT("v1", "\"Code\":\"1\",\"Percentage\":0.21"));
	derive(&model_tax_rates);
	ck_assert_int_eq(counts.deleted, 1);
	ck_assert_ptr_nonnull(strstr(
		json_of(&model_tax_rates, "v2"), "\"effectiveTaxRate\":9,"));
	ck_assert_ptr_nonnull(
		strstr(json_of(&model_tax_rates, "v2"), "\"isDeleted\":true"));
	arrive(&entity_vat_codes, both);
	derive(&model_tax_rates);
	ck_assert_int_eq(counts.updated, 1);
	ck_assert_ptr_nonnull(
		strstr(json_of(&model_tax_rates, "v2"), "\"isDeleted\":false"));
}
END_TEST

START_TEST(test_a_percentage_is_exact_or_absent)
{
	int64_t percent = -1;

	ck_assert(convert_percent("0.055", &percent));
	ck_assert_int_eq(percent, INT64_C(5500000000));
	ck_assert(convert_percent("6E-02", &percent));
	ck_assert_int_eq(percent, INT64_C(6000000000));
	ck_assert(!convert_percent("92233720.5", &percent) &&
		  !convert_percent("none", &percent) &&
		  !convert_percent(NULL, &percent));
	ck_assert_int_eq(percent, INT64_C(6000000000));
	arrive(&entity_vat_codes, VAT("v1", "\"Code\":\"1\""));
	derive(&model_tax_rates);
	ck_assert_ptr_nonnull(strstr(json_of(&model_tax_rates, "v1"),
		"\"status\":\"Active\",\"components\":[{\"name\":\"1\","
		"\"isCompound\":false}],"));
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("types");
	TCase *rates = tcase_create("taxRates");
	SRunner *runner;
	int failed;

	tcase_add_checked_fixture(rates, set_up, tear_down);
	tcase_add_test(rates, test_a_vat_codes_fraction_becomes_a_percentage);
	tcase_add_test(rates,
		test_a_vat_code_that_left_the_list_is_retired_and_may_return);
	tcase_add_test(rates, test_a_percentage_is_exact_or_absent);
	suite_add_tcase(suite, rates);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
