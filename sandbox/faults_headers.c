/* Faults in the headers that every reply has. */
#include "sandbox/faults_acts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sandbox/state.h"

/* Removes the headers whose name begins with `start`. */
static void drop(struct exchange_reply *reply, const char *start)
{
	size_t kept = 0;

	for (size_t i = 0; i < reply->header_count; i++) {
		if (strncmp(reply->headers[i].name, start, strlen(start)) == 0)
			continue;
		reply->headers[kept++] = reply->headers[i];
	}
	reply->header_count = kept;
}

static void change_resets(
	struct exchange_reply *reply, int64_t divisor, int64_t plus)
{
	for (size_t i = 0; i < reply->header_count; i++) {
		char *value = reply->headers[i].value;

		if (strstr(reply->headers[i].name, "-Reset"))
			snprintf(value, sizeof(reply->headers[i].value), "%lld",
				strtoll(value, NULL, 10) / (long long)divisor +
					(long long)plus);
	}
}

void faults_headers_reset_past(struct sandbox *sandbox, struct turn *turn,
	const struct faults_set *set)
{
	(void)sandbox;
	(void)set;
	change_resets(turn->reply, 1, -INT64_C(3600000));
}

void faults_headers_reset_seconds(struct sandbox *sandbox, struct turn *turn,
	const struct faults_set *set)
{
	(void)sandbox;
	(void)set;
	change_resets(turn->reply, 1000, 0);
}

void faults_headers_reset_far(struct sandbox *sandbox, struct turn *turn,
	const struct faults_set *set)
{
	(void)sandbox;
	(void)set;
	change_resets(turn->reply, 1, INT64_C(1000) * 86400000);
}

void faults_headers_no_rates(struct sandbox *sandbox, struct turn *turn,
	const struct faults_set *set)
{
	(void)sandbox;
	(void)set;
	drop(turn->reply, "X-RateLimit-");
}

void faults_headers_no_date(struct sandbox *sandbox, struct turn *turn,
	const struct faults_set *set)
{
	(void)sandbox;
	(void)set;
	drop(turn->reply, "Date");
}

void faults_headers_bad_date(struct sandbox *sandbox, struct turn *turn,
	const struct faults_set *set)
{
	(void)sandbox;
	(void)set;
	drop(turn->reply, "Date");
	exchange_reply_header(turn->reply, "Date", "Yesterday, half past 9");
}
