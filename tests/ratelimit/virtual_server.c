#include "tests/ratelimit/virtual_server.h"

#include <stdlib.h>
#include <string.h>

#define MINUTE 60000
#define DAY    86400000

void virtual_server_init(struct virtual_server *server)
{
	memset(server, 0, sizeof(*server));
	server->fixed = true;
	server->minute_limit = 60;
	server->day_limit = 5000;
	server->skew = INT64_C(1795255200000);
	server->ours = calloc(ARRIVALS_MAX, sizeof(int64_t));
	server->all = calloc(ARRIVALS_MAX, sizeof(int64_t));
	if (!server->ours || !server->all)
		abort();
}

void virtual_server_free(struct virtual_server *server)
{
	free(server->ours);
	free(server->all);
}

/* Calls counted so far at or after `from`, newest backwards. */
static int since(const int64_t *times, int count, int64_t from)
{
	int n = 0;
	while (n < count && times[count - 1 - n] >= from)
		n++;
	return n;
}

int virtual_server_arrive(struct virtual_server *server, int64_t at,
	bool foreign, struct ratelimit_headers *ret)
{
	int64_t here = at + server->skew;
	int64_t start = server->fixed ? at - here % MINUTE : at - MINUTE + 1;
	int64_t day_start = at - here % DAY;
	if (server->all_count >= ARRIVALS_MAX)
		abort();
	server->all[server->all_count++] = at;
	if (!foreign)
		server->ours[server->ours_count++] = at;
	int minute = since(server->all, server->all_count, start);
	int day = since(server->all, server->all_count, day_start);
	int64_t reset = here - here % MINUTE + MINUTE;
	if (!server->fixed && server->style == RESET_OLDEST_LEAVES)
		reset = server->all[server->all_count - minute] + MINUTE +
			server->skew;
	else if (!server->fixed)
		reset = server->style == RESET_ALL_LEAVE ? here + MINUTE : -1;
	*ret = (struct ratelimit_headers){
		.minute_limit = server->minute_limit,
		.minute_remaining = minute > server->minute_limit
					    ? 0
					    : server->minute_limit - minute,
		.minute_reset_ms = reset,
		.day_limit = server->day_limit,
		.day_remaining = day > server->day_limit
					 ? 0
					 : server->day_limit - day,
		.day_reset_ms = here - here % DAY + DAY,
		.date_ms = here - here % 1000,
	};
	bool minute_over = minute > server->minute_limit;
	bool day_over = day > server->day_limit;
	if (!minute_over && !day_over)
		return 200;
	if (!foreign)
		server->refused++;
	if (minute_over)
		ret->day_limit = ret->day_remaining = ret->day_reset_ms = -1;
	else
		ret->minute_limit = ret->minute_remaining =
			ret->minute_reset_ms = -1;
	return 429;
}

int virtual_server_worst_minute(const struct virtual_server *server)
{
	int worst = 0;
	int first = 0;
	for (int i = 0; i < server->ours_count; i++) {
		int64_t at = server->ours[i];
		int64_t start = server->fixed
					? at - (at + server->skew) % MINUTE
					: at - MINUTE + 1;
		while (server->ours[first] < start)
			first++;
		if (i - first + 1 > worst)
			worst = i - first + 1;
	}
	return worst;
}

int virtual_server_worst_day(const struct virtual_server *server)
{
	int worst = 0;
	int first = 0;
	for (int i = 0; i < server->ours_count; i++) {
		int64_t at = server->ours[i];
		while (server->ours[first] < at - (at + server->skew) % DAY)
			first++;
		if (i - first + 1 > worst)
			worst = i - first + 1;
	}
	return worst;
}
