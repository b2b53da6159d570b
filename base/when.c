/*
 * Calendar arithmetic on whole days, and two zones with one rule.
 *
 * Days are counted in eras of 400 years (146,097 days) whose years begin in
 * March, so that the leap day is the last of its year and the months before
 * any month hold (153 * m + 2) / 5 days.
 *
 * Summer time runs from the last Sunday of March to the last Sunday of
 * October, both at 01:00 UTC. That is the rule of all of the EU and the UK
 * since 1996; moments before are taken as if it had held then, too.
 *
 *	local 2021-10-31 02:30, Central: 00:30 UTC (summer) or 01:30 UTC
 *	(winter); the earlier is taken, doubtful
 *	local 2021-03-28 02:30, Central: never was; old offset: 01:30 UTC
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/when.h"

#define MS_PER_SECOND INT64_C(1000)
#define MS_PER_HOUR   INT64_C(3600000)
#define MS_PER_DAY    INT64_C(86400000)

#define DAYS_PER_ERA     146097
#define EPOCH_DAY_OF_ERA 719468 /* 0000-03-01 to 1970-01-01 */

/* 0001-01-01T00:00:00.000 and 9999-12-31T23:59:59.999 */
#define MS_LEAST INT64_C(-62135596800000)
#define MS_MOST  INT64_C(253402300799999)

#define DIGITS_MAX 18

static const struct {
	int base_s;
	int summer_s;
} zones[] = {
	[WHEN_ZONE_UNKNOWN] = { 0, 0 },
	[WHEN_ZONE_UTC] = { 0, 0 },
	[WHEN_ZONE_WESTERN] = { 0, 3600 },
	[WHEN_ZONE_CENTRAL] = { 3600, 7200 },
};

static const char month_names[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
static const char day_names[] = "SunMonTueWedThuFriSat";

static int64_t floor_div(int64_t a, int64_t b)
{
	return a / b - (a % b < 0);
}

int64_t when_days(struct when_civil civil)
{
	int64_t year = civil.month <= 2 ? civil.year - 1 : civil.year;
	int64_t era = floor_div(year, 400);
	int64_t year_of_era = year - era * 400;
	int64_t month = (civil.month + 9) % 12; /* March is 0 */
	int64_t day_of_year = (153 * month + 2) / 5 + civil.day - 1;
	int64_t day_of_era = year_of_era * 365 + year_of_era / 4 -
			     year_of_era / 100 + day_of_year;

	return era * DAYS_PER_ERA + day_of_era - EPOCH_DAY_OF_ERA;
}

struct when_civil when_civil(int64_t days)
{
	int64_t shifted = days + EPOCH_DAY_OF_ERA;
	int64_t era = floor_div(shifted, DAYS_PER_ERA);
	int64_t day_of_era = shifted - era * DAYS_PER_ERA;
	int64_t year_of_era = (day_of_era - day_of_era / 1460 +
				      day_of_era / 36524 -
				      day_of_era / 146096) /
			      365;
	int64_t day_of_year = day_of_era -
			      (365 * year_of_era + year_of_era / 4 -
				      year_of_era / 100);
	int64_t month = (5 * day_of_year + 2) / 153; /* March is 0 */
	int64_t year = year_of_era + era * 400 + (month >= 10);

	return (struct when_civil){
		.year = (int)year,
		.month = (int)(month < 10 ? month + 3 : month - 9),
		.day = (int)(day_of_year - (153 * month + 2) / 5 + 1),
	};
}

/* Reads 1 to DIGITS_MAX digits; NULL when there are none or more. */
static const char *read_digits(const char *at, int64_t *ret)
{
	int64_t value = 0;
	int count = 0;

	for (; *at >= '0' && *at <= '9'; at++) {
		if (++count > DIGITS_MAX)
			return NULL;
		value = value * 10 + (*at - '0');
	}
	*ret = value;
	return count > 0 ? at : NULL;
}

int when_parse_exact(const char *text, int64_t *ret_ms)
{
	static const char prefix[] = "/Date(";
	bool negative;
	int64_t ms;

	if (strncmp(text, prefix, sizeof(prefix) - 1) != 0)
		return FAIL_INPUT;
	text += sizeof(prefix) - 1;
	negative = *text == '-';
	if (negative)
		text++;
	text = read_digits(text, &ms);
	if (!text || strcmp(text, ")/") != 0)
		return FAIL_INPUT;
	ms = negative ? -ms : ms;
	if (ms < MS_LEAST || ms > MS_MOST)
		return FAIL_INPUT;
	*ret_ms = ms;
	return 0;
}

/* 01:00 UTC on the last Sunday of a month that has 31 days. */
static int64_t change_ms(int year, int month)
{
	int64_t last = when_days((struct when_civil){ year, month, 31 });
	int64_t since_sunday = last + 4 - floor_div(last + 4, 7) * 7;

	return (last - since_sunday) * MS_PER_DAY + MS_PER_HOUR;
}

int when_offset_s(enum when_zone zone, int64_t utc_ms)
{
	int year = when_civil(floor_div(utc_ms, MS_PER_DAY)).year;

	if (utc_ms < change_ms(year, 3) || utc_ms >= change_ms(year, 10))
		return zones[zone].base_s;
	return zones[zone].summer_s;
}

int64_t when_local_to_utc(
	enum when_zone zone, int64_t local_ms, bool *ret_doubtful)
{
	int summer_s = zones[zone].summer_s;
	int base_s = zones[zone].base_s;
	int64_t as_summer = local_ms - summer_s * MS_PER_SECOND;
	int64_t as_base = local_ms - base_s * MS_PER_SECOND;
	bool was_summer = when_offset_s(zone, as_summer) == summer_s;

	if (ret_doubtful)
		*ret_doubtful = was_summer && summer_s != base_s &&
				when_offset_s(zone, as_base) == base_s;
	return was_summer ? as_summer : as_base;
}

static void format(int64_t ms, const char *end, char ret[WHEN_TEXT_MAX])
{
	int64_t days = floor_div(ms, MS_PER_DAY);
	int rest = (int)((ms % MS_PER_DAY + MS_PER_DAY) % MS_PER_DAY);
	struct when_civil civil = when_civil(days);
	char fraction[8] = "";

	if (rest % 1000 != 0)
		snprintf(fraction, sizeof(fraction), ".%03d", rest % 1000);
	snprintf(ret, WHEN_TEXT_MAX, "%04d-%02d-%02dT%02d:%02d:%02d%s%s",
		civil.year, civil.month, civil.day, rest / 3600000,
		rest / 60000 % 60, rest / 1000 % 60, fraction, end);
}

void when_format_utc(int64_t ms, char ret[static WHEN_TEXT_MAX])
{
	format(ms, "Z", ret);
}

void when_format_local(int64_t ms, char ret[static WHEN_TEXT_MAX])
{
	format(ms, "", ret);
}

/* The place of a three-letter name in a row of such names, or -1. */
static int find_name(const char *names, const char *text)
{
	int i;

	for (i = 0; names[3 * i] != '\0'; i++) {
		if (strncmp(names + 3 * i, text, 3) == 0)
			return i;
	}
	return -1;
}

/* Does text look like the pattern, where 9 is any digit and A any byte? */
static bool looks_like(const char *text, const char *pattern)
{
	for (; *pattern != '\0'; text++, pattern++) {
		bool digit = *text >= '0' && *text <= '9';

		if (*text == '\0')
			return false;
		if (*pattern == '9' ? !digit
				    : *pattern != 'A' && *pattern != *text)
			return false;
	}
	return *text == '\0';
}

static int number_at(const char *text, int digits)
{
	int value = 0;

	while (digits-- > 0)
		value = value * 10 + (*text++ - '0');
	return value;
}

/* "Sun, 06 Nov 1994 08:49:37 GMT"; the weekday must be one, but nobody needs
 * it to be the right one. Second 60 is a leap second. */
int when_parse_http(const char *text, int64_t *ret_ms)
{
	struct when_civil civil;
	int64_t days;
	int hour, minute, second;

	if (!looks_like(text, "AAA, 99 AAA 9999 99:99:99 GMT") ||
		find_name(day_names, text) < 0)
		return FAIL_INPUT;
	civil.day = number_at(text + 5, 2);
	civil.month = find_name(month_names, text + 8) + 1;
	civil.year = number_at(text + 12, 4);
	hour = number_at(text + 17, 2);
	minute = number_at(text + 20, 2);
	second = number_at(text + 23, 2);
	if (civil.month < 1 || civil.year < 1 || hour > 23 || minute > 59 ||
		second > 60)
		return FAIL_INPUT;
	days = when_days(civil);
	if (when_civil(days).month != civil.month)
		return FAIL_INPUT;
	*ret_ms = days * MS_PER_DAY +
		  ((hour * 60 + minute) * 60 + second) * MS_PER_SECOND;
	return 0;
}
