#include "tests/ratelimit/virtual_server.h"

#include <stdlib.h>
#include <string.h>

#define MINUTE 60000
#define DAY    86400000

void virtual_server_init(struct virtual_server *server)
{
	memset(server, 0, sizeof(*server));
	server->kind = SERVER_FIXED;
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

/* Calls counted so far at or after `from`, which never goes back; `first` is
 * where the last search ended. */
static int since(const struct virtual_server *server, int64_t from, int *first)
{
	while (*first < server->all_count && server->all[*first] < from)
		++*first;
	return server->all_count - *first;
}

/* A call that arrives at a bucket takes 60,000 of its level, if that is
 * there. Returns false when it is refused. */
static bool take_from_bucket(struct virtual_server *server, int64_t at)
{
	int64_t full = (int64_t)server->minute_limit * MINUTE;
	if (server->level_at == 0)
		server->level = full;
	else
		server->level += (at - server->level_at) * server->minute_limit;
	if (server->level > full)
		server->level = full;
	server->level_at = at;
	if (server->level < MINUTE)
		return false;
	server->level -= MINUTE;
	return true;
}

/* Ms until the level is there. */
static int64_t refill_ms(const struct virtual_server *server, int64_t level)
{
	if (level <= server->level)
		return 0;
	return (level - server->level + server->minute_limit - 1) /
	       server->minute_limit;
}

/* On the server's clock. `counted` calls are in the window that slides. */
static int64_t minute_reset(
	const struct virtual_server *server, int64_t here, int counted)
{
	bool bucket = server->kind == SERVER_BUCKET;
	int64_t full = (int64_t)server->minute_limit * MINUTE;
	if (server->kind == SERVER_FIXED)
		return here - here % MINUTE + MINUTE;
	switch (server->style) {
	case RESET_OLDEST_LEAVES:
		if (bucket)
			return here + refill_ms(server, MINUTE);
		return server->all[server->all_count - counted] + MINUTE +
		       server->skew;
	case RESET_ALL_LEAVE:
		return here + (bucket ? refill_ms(server, full) : MINUTE);
	case RESET_WHOLE_MINUTE:
		return here - here % MINUTE + MINUTE;
	case RESET_ABSENT:
		break;
	}
	return -1;
}

int virtual_server_arrive(struct virtual_server *server, int64_t at,
	bool foreign, struct ratelimit_headers *ret)
{
	int64_t here = at + server->skew;
	int64_t start = server->kind == SERVER_FIXED ? at - here % MINUTE
						     : at - MINUTE + 1;
	int64_t day_start = at - here % DAY;
	if (server->all_count >= ARRIVALS_MAX)
		abort();
	server->all[server->all_count++] = at;
	if (!foreign)
		server->ours[server->ours_count++] = at;
	int minute = since(server, start, &server->minute_first);
	int day = since(server, day_start, &server->day_first);
	bool minute_over = minute > server->minute_limit;
	bool day_over = day > server->day_limit;
	int left = minute_over ? 0 : server->minute_limit - minute;
	if (server->kind == SERVER_BUCKET) {
		minute_over = !take_from_bucket(server, at);
		left = (int)(server->level / MINUTE);
	}
	*ret = (struct ratelimit_headers){
		.minute_limit = server->minute_limit,
		.minute_remaining = left,
		.minute_reset_ms = minute_reset(server, here, minute),
		.day_limit = server->day_limit,
		.day_remaining = day_over ? 0 : server->day_limit - day,
		.day_reset_ms = here - here % DAY + DAY,
		.date_ms = here - here % 1000,
	};
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
		int64_t start = server->kind == SERVER_FIXED
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
