/* Dates against the C library's own calendar, and the hours of change. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/when.h"
#include "tests/base/suites.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))
#define HOUR         INT64_C(3600000)
#define DAY          (24 * HOUR)

static int64_t at(int year, int month, int day, int hour, int minute)
{
	struct when_civil civil = { year, month, day };

	return when_days(civil) * DAY + hour * HOUR + minute * INT64_C(60000);
}

static bool in_use(int64_t day)
{
	return day >= when_days((struct when_civil){ 1850, 1, 1 }) &&
	       day < when_days((struct when_civil){ 2450, 1, 1 });
}

START_TEST(test_days_from_year_1_to_9999_are_what_gmtime_says)
{
	int64_t first = when_days((struct when_civil){ 1, 1, 1 });
	int64_t last = when_days((struct when_civil){ 9999, 12, 31 });
	int64_t day;

	ck_assert_int_eq(first, -719162);
	ck_assert_int_eq(last, 2932896);
	/* Every day of the centuries in use. */
	for (day = first; day <= last; day += in_use(day) ? 1 : 11) {
		struct when_civil civil = when_civil(day);
		time_t seconds = (time_t)day * 86400;
		struct tm tm;

		ck_assert_ptr_nonnull(gmtime_r(&seconds, &tm));
		if (civil.year != tm.tm_year + 1900 ||
			civil.month != tm.tm_mon + 1 ||
			civil.day != tm.tm_mday || when_days(civil) != day)
			ck_abort_msg("day %ld", (long)day);
	}
}
END_TEST

static const struct {
	const char *text;
	int64_t ms;
} moments[] = {
	{ "/Date(0)/", 0 },
	{ "/Date(1719331200000)/", 1719331200000 },
	{ "/Date(1382667872203)/", 1382667872203 },
	{ "/Date(-1)/", -1 },
	{ "/Date(-62135596800000)/", -62135596800000 },
	{ "/Date(253402300799999)/", 253402300799999 },
};

static const char *const no_moments[] = { "", "/Date()/", "/Date(-)/",
	"/Date(1)", "Date(1)", "/Date(1)/ ", "/Date(1+0200)/", "/Date(+1)/",
	"/Date( 1)/", "/Date(1.5)/", "/Date(-62135596800001)/",
	"/Date(253402300800000)/", "/Date(99999999999999999999999999)/",
	"2024-06-25T16:00:00Z" };

START_TEST(test_moments_of_exact_online_become_milliseconds)
{
	int64_t ms = 7;

	ck_assert_int_eq(when_parse_exact(moments[_i].text, &ms), 0);
	ck_assert_int_eq(ms, moments[_i].ms);
}
END_TEST

START_TEST(test_what_is_no_moment_is_refused)
{
	int64_t ms = 7;

	ck_assert_msg(when_parse_exact(no_moments[_i], &ms) == FAIL_INPUT,
		"%s was taken", no_moments[_i]);
	ck_assert_int_eq(ms, 7);
}
END_TEST

START_TEST(test_summer_time_begins_and_ends_at_one_utc)
{
	ck_assert_int_eq(
		when_offset_s(WHEN_ZONE_CENTRAL, at(2021, 3, 28, 1, 0) - 1),
		3600);
	ck_assert_int_eq(
		when_offset_s(WHEN_ZONE_CENTRAL, at(2021, 3, 28, 1, 0)), 7200);
	ck_assert_int_eq(
		when_offset_s(WHEN_ZONE_CENTRAL, at(2021, 10, 31, 1, 0) - 1),
		7200);
	ck_assert_int_eq(
		when_offset_s(WHEN_ZONE_CENTRAL, at(2021, 10, 31, 1, 0)), 3600);
	ck_assert_int_eq(
		when_offset_s(WHEN_ZONE_WESTERN, at(2024, 3, 31, 1, 0)), 3600);
	ck_assert_int_eq(
		when_offset_s(WHEN_ZONE_WESTERN, at(2024, 3, 30, 23, 0)), 0);
	ck_assert_int_eq(when_offset_s(WHEN_ZONE_UTC, at(2024, 7, 1, 0, 0)), 0);
}
END_TEST

/* The C library's own zone table is the judge, where it is installed. */
START_TEST(test_offsets_of_thirty_years_are_those_of_the_zone_table)
{
	static const struct {
		const char *name;
		enum when_zone zone;
	} zones[] = {
		{ "Europe/Amsterdam", WHEN_ZONE_CENTRAL },
		{ "Europe/London", WHEN_ZONE_WESTERN },
	};
	int64_t ms;
	size_t i;

	for (i = 0; i < COUNT(zones); i++) {
		time_t summer = (time_t)(at(2021, 7, 1, 0, 0) / 1000);
		struct tm tm;

		setenv("TZ", zones[i].name, 1);
		tzset();
		localtime_r(&summer, &tm);
		if (tm.tm_isdst != 1) {
			printf("SKIPPED: no zone table for %s\n",
				zones[i].name);
			continue;
		}
		for (ms = at(1997, 1, 1, 0, 30); ms < at(2030, 1, 1, 0, 0);
			ms += HOUR) {
			time_t seconds = (time_t)(ms / 1000);

			localtime_r(&seconds, &tm);
			ck_assert_int_eq(
				when_offset_s(zones[i].zone, ms), tm.tm_gmtoff);
		}
	}
	unsetenv("TZ");
	tzset();
}
END_TEST

START_TEST(test_the_hour_that_occurs_twice_is_the_earlier_and_doubtful)
{
	bool doubtful = false;

	ck_assert_int_eq(when_local_to_utc(WHEN_ZONE_CENTRAL,
				 at(2021, 10, 31, 2, 30), &doubtful),
		at(2021, 10, 31, 0, 30));
	ck_assert(doubtful);
	ck_assert_int_eq(when_local_to_utc(WHEN_ZONE_CENTRAL,
				 at(2021, 10, 31, 1, 59), &doubtful),
		at(2021, 10, 30, 23, 59));
	ck_assert(!doubtful);
	ck_assert_int_eq(when_local_to_utc(WHEN_ZONE_CENTRAL,
				 at(2021, 10, 31, 3, 0), &doubtful),
		at(2021, 10, 31, 2, 0));
	ck_assert(!doubtful);
}
END_TEST

START_TEST(test_the_hour_that_is_skipped_keeps_the_old_offset)
{
	bool doubtful = true;

	ck_assert_int_eq(when_local_to_utc(WHEN_ZONE_CENTRAL,
				 at(2021, 3, 28, 2, 30), &doubtful),
		at(2021, 3, 28, 1, 30));
	ck_assert(!doubtful);
	ck_assert_int_eq(when_local_to_utc(WHEN_ZONE_CENTRAL,
				 at(2021, 3, 28, 3, 0), NULL),
		at(2021, 3, 28, 1, 0));
	ck_assert_int_eq(when_local_to_utc(WHEN_ZONE_UTC, at(2021, 3, 28, 3, 0),
				 &doubtful),
		at(2021, 3, 28, 3, 0));
	ck_assert(!doubtful);
}
END_TEST

START_TEST(test_local_and_back_is_the_same_moment_but_in_the_doubtful_hour)
{
	int64_t utc;

	for (utc = at(2023, 1, 1, 0, 0); utc < at(2026, 1, 1, 0, 0);
		utc += HOUR / 2) {
		int64_t local = utc + when_offset_s(WHEN_ZONE_CENTRAL, utc) *
					      INT64_C(1000);
		bool doubtful;
		int64_t back = when_local_to_utc(
			WHEN_ZONE_CENTRAL, local, &doubtful);

		ck_assert(back == utc || (doubtful && back == utc - HOUR));
	}
}
END_TEST

START_TEST(test_moments_are_written_with_milliseconds_only_if_there_are_any)
{
	char text[WHEN_TEXT_MAX];

	when_format_utc(at(2021, 11, 15, 6, 0), text);
	ck_assert_str_eq(text, "2021-11-15T06:00:00Z");
	when_format_utc(at(2021, 11, 15, 6, 0) + 123, text);
	ck_assert_str_eq(text, "2021-11-15T06:00:00.123Z");
	when_format_utc(-1, text);
	ck_assert_str_eq(text, "1969-12-31T23:59:59.999Z");
	when_format_utc(-62135596800000, text);
	ck_assert_str_eq(text, "0001-01-01T00:00:00Z");
	when_format_local(253402300799000, text);
	ck_assert_str_eq(text, "9999-12-31T23:59:59");
	when_format_utc(INT64_MAX, text);
	when_format_utc(INT64_MIN, text);
	ck_assert_uint_lt(strlen(text), WHEN_TEXT_MAX);
}
END_TEST

START_TEST(test_a_date_header_becomes_its_moment)
{
	int64_t ms = 7;

	ck_assert_int_eq(
		when_parse_http("Sun, 06 Nov 1994 08:49:37 GMT", &ms), 0);
	ck_assert_int_eq(ms, 784111777000);
	ck_assert_int_eq(
		when_parse_http("Thu, 29 Feb 2024 23:59:60 GMT", &ms), 0);
	ck_assert_int_eq(ms, at(2024, 3, 1, 0, 0));
}
END_TEST

static const char *const no_http[] = { "", "Sun, 06 Nov 1994 08:49:37",
	"Sun, 06 Nov 1994 08:49:37 UTC", "Sun, 6 Nov 1994 08:49:37 GMT",
	"Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994",
	"Xxx, 06 Nov 1994 08:49:37 GMT", "Sun, 06 Foo 1994 08:49:37 GMT",
	"Sun, 30 Feb 1994 08:49:37 GMT", "Sun, 00 Nov 1994 08:49:37 GMT",
	"Sun, 06 Nov 1994 24:49:37 GMT", "Sun, 06 Nov 1994 08:60:37 GMT",
	"Sun, 06 Nov 1994 08:49:61 GMT", "Sun, 06 Nov 0000 08:49:37 GMT",
	"Sun, 06 Nov 1994 08:49:37 GMT " };

START_TEST(test_what_is_no_date_header_is_refused)
{
	int64_t ms = 7;

	ck_assert_msg(when_parse_http(no_http[_i], &ms) == FAIL_INPUT,
		"%s was taken", no_http[_i]);
	ck_assert_int_eq(ms, 7);
}
END_TEST

Suite *when_suite(void)
{
	Suite *suite = suite_create("when");
	TCase *tcase = tcase_create("when");

	tcase_set_timeout(tcase, 60);
	tcase_add_test(
		tcase, test_days_from_year_1_to_9999_are_what_gmtime_says);
	tcase_add_loop_test(tcase,
		test_moments_of_exact_online_become_milliseconds, 0,
		(int)COUNT(moments));
	tcase_add_loop_test(tcase, test_what_is_no_moment_is_refused, 0,
		(int)COUNT(no_moments));
	tcase_add_test(tcase, test_summer_time_begins_and_ends_at_one_utc);
	tcase_add_test(tcase,
		test_offsets_of_thirty_years_are_those_of_the_zone_table);
	tcase_add_test(tcase,
		test_the_hour_that_occurs_twice_is_the_earlier_and_doubtful);
	tcase_add_test(
		tcase, test_the_hour_that_is_skipped_keeps_the_old_offset);
	tcase_add_test(tcase,
		test_local_and_back_is_the_same_moment_but_in_the_doubtful_hour);
	tcase_add_test(tcase,
		test_moments_are_written_with_milliseconds_only_if_there_are_any);
	tcase_add_test(tcase, test_a_date_header_becomes_its_moment);
	tcase_add_loop_test(tcase, test_what_is_no_date_header_is_refused, 0,
		(int)COUNT(no_http));
	suite_add_tcase(suite, tcase);
	return suite;
}
