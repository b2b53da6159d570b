#include "sandbox/stamp.h"

#include <stdio.h>
#include <time.h>

static struct tm utc(int64_t wall_ms)
{
	time_t seconds = (time_t)(wall_ms / 1000);
	struct tm tm = { 0 };

	gmtime_r(&seconds, &tm);
	return tm;
}

void stamp_http(int64_t wall_ms, char ret[static 40])
{
	/* Not strftime(): a locale must not change a header. */
	static const char days[7][4] = { "Sun", "Mon", "Tue", "Wed", "Thu",
		"Fri", "Sat" };
	static const char months[12][4] = { "Jan", "Feb", "Mar", "Apr", "May",
		"Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec" };
	struct tm tm = utc(wall_ms);

	snprintf(ret, 40, "%s, %02d %s %04d %02d:%02d:%02d GMT",
		days[tm.tm_wday], tm.tm_mday, months[tm.tm_mon],
		tm.tm_year + 1900, tm.tm_hour, tm.tm_min, tm.tm_sec);
}

void stamp_american(int64_t wall_ms, char ret[static 40])
{
	struct tm tm = utc(wall_ms);
	int hour = tm.tm_hour % 12;

	snprintf(ret, 40, "%d/%d/%d %d:%02d:%02d %s", tm.tm_mon + 1, tm.tm_mday,
		tm.tm_year + 1900, hour == 0 ? 12 : hour, tm.tm_min, tm.tm_sec,
		tm.tm_hour < 12 ? "AM" : "PM");
}
