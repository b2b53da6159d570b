/*
 * The rules of the limiter, one by one: a few calls, their answers, and what
 * may go next.
 */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "ratelimit/endpoint.h"
#include "ratelimit/state.h"

#define MINUTE INT64_C(60000)
#define DAY    INT64_C(86400000)

static const struct ratelimit_headers no_headers = { -1, -1, -1, -1, -1, -1,
	-1 };
static const struct ratelimit_limits usual = { .minute = 60, .day = 5000 };

static struct ratelimit_state state;

static struct instant at(int64_t ms)
{
	/* 2026-11-21T09:30:00Z at 0. */
	return (struct instant){ .boot_ms = 1000000 + ms,
		.wall_ms = INT64_C(1795253400000) + ms };
}

static int spend(int64_t ms)
{
	ck_assert(ratelimit_ask(&state, &usual, at(ms)).go);
	return ratelimit_spend(&state, at(ms));
}

static int64_t opens(int64_t ms)
{
	struct ratelimit_verdict v = ratelimit_ask(&state, &usual, at(ms));
	return v.go ? ms : v.until_boot_ms - 1000000;
}

START_TEST(test_a_spent_token_returns_one_window_after_its_response)
{
	int first = spend(0);
	for (int i = 1; i < 60; i++)
		spend(i);
	ratelimit_answer(&state, at(700), first, 200, &no_headers);
	ck_assert_int_eq(opens(800), 60700);
	ck_assert(!ratelimit_ask(&state, &usual, at(60699)).go);
	ck_assert_int_eq(
		ratelimit_ask(&state, &usual, at(60700)).minute_left, 1);
}
END_TEST

START_TEST(test_a_dead_process_gives_its_token_back_after_three_minutes)
{
	for (int i = 0; i < 60; i++)
		spend(i);
	ck_assert_int_eq(opens(1000), 180000);
	ck_assert(!ratelimit_ask(&state, &usual, at(179999)).go);
	ck_assert(ratelimit_ask(&state, &usual, at(180000)).go);
}
END_TEST

/* Server's epoch is wall + 250; sent at 0, answered at 100. */
static struct ratelimit_headers honest(int64_t ms, int remaining)
{
	int64_t here = INT64_C(1795253400000) + ms + 250;
	return (struct ratelimit_headers){ 60, remaining,
		here - here % MINUTE + MINUTE, 5000, 4000,
		here - here % DAY + DAY, here - here % 1000 };
}

/* One call at 20.0 s, whose answer names the whole minute and teaches the
 * server's clock: its minute ends at 59.75 s, which is known to 1.1 s. */
static void learn_the_minute(void)
{
	struct ratelimit_headers headers = honest(20050, 59);
	int ticket = spend(20000);
	ratelimit_answer(&state, at(20100), ticket, 200, &headers);
	ck_assert_int_eq(state.windows, RATELIMIT_WINDOWS_NAMED);
}

/* The same, and the server's count has shown fixed windows before. */
static void learn_fixed_windows(void)
{
	learn_the_minute();
	state.windows = RATELIMIT_WINDOWS_FIXED;
}

/* All sixty are spent and answered at 20.2 s; one more goes on trial. Returns
 * its ticket. */
static int send_on_trial(void)
{
	int tickets[59];
	learn_the_minute();
	for (int i = 0; i < 59; i++)
		tickets[i] = spend(20100);
	/* As long as calls are under way, ask again each second. */
	ck_assert_int_eq(opens(62000), 63000);
	for (int i = 0; i < 59; i++) {
		struct ratelimit_headers headers = honest(20150, 58 - i);
		ratelimit_answer(&state, at(20200), tickets[i], 200, &headers);
	}
	int64_t open = opens(20300);
	ck_assert_int_ge(open, 59750);
	ck_assert_int_le(open, 59750 + 1100);
	ck_assert_int_eq(
		ratelimit_ask(&state, &usual, at(61000)).minute_left, 1);
	int ticket = spend(61000);
	ck_assert_int_eq(opens(61001), 62001);
	return ticket;
}

START_TEST(test_a_named_minute_is_tried_by_one_call_and_its_count_decides)
{
	int ticket = send_on_trial();
	struct ratelimit_headers headers = honest(61050, 59);
	ratelimit_answer(&state, at(61100), ticket, 200, &headers);
	ck_assert_int_eq(state.windows, RATELIMIT_WINDOWS_FIXED);
	ck_assert_int_eq(
		ratelimit_ask(&state, &usual, at(61200)).minute_left, 59);
}
END_TEST

START_TEST(test_a_trial_that_is_refused_leaves_the_first_rule)
{
	int ticket = send_on_trial();
	struct ratelimit_headers headers = honest(61050, 0);
	ratelimit_answer(&state, at(61100), ticket, 429, &headers);
	ck_assert_int_eq(state.windows, RATELIMIT_WINDOWS_REVOKED);
	/* 59 tokens are back when the named minute is over. */
	ck_assert_int_ge(opens(61200), 119750);
	ck_assert_int_le(opens(61200), 119750 + 1200);
	ck_assert_int_eq(
		ratelimit_ask(&state, &usual, at(121050)).minute_left, 59);
	ck_assert_int_eq(
		ratelimit_ask(&state, &usual, at(121100)).minute_left, 60);
}
END_TEST

START_TEST(test_a_trial_whose_answer_decides_nothing_is_followed_by_another)
{
	int ticket = send_on_trial();
	struct ratelimit_headers headers = honest(61050, 0);
	headers.minute_remaining = -1;
	ratelimit_answer(&state, at(61100), ticket, 200, &headers);
	ck_assert_int_eq(state.windows, RATELIMIT_WINDOWS_NAMED);
	ck_assert_int_eq(
		ratelimit_ask(&state, &usual, at(61200)).minute_left, 1);
}
END_TEST

START_TEST(test_a_reset_off_the_minute_revokes_the_trust_in_headers)
{
	learn_fixed_windows();
	struct ratelimit_headers headers = honest(20250, 58);
	int ticket = spend(20200);
	headers.minute_reset_ms += 1;
	ratelimit_answer(&state, at(20300), ticket, 200, &headers);
	ck_assert_int_eq(state.windows, RATELIMIT_WINDOWS_REVOKED);
}
END_TEST

START_TEST(test_a_call_across_the_boundary_counts_in_both_windows)
{
	learn_fixed_windows();
	int late = spend(59000);
	ck_assert_int_eq(
		ratelimit_ask(&state, &usual, at(62000)).minute_left, 59);
	/* Answered, without a word on its window: it may be the new one. */
	struct ratelimit_state silent = state;
	ratelimit_answer(&silent, at(62000), late, 200, &no_headers);
	ck_assert_int_eq(
		ratelimit_ask(&silent, &usual, at(62000)).minute_left, 59);
	/* Its own header names the old one. */
	struct ratelimit_headers headers = honest(59200, 58);
	headers.date_ms = -1;
	ratelimit_answer(&state, at(62000), late, 200, &headers);
	ck_assert_int_eq(
		ratelimit_ask(&state, &usual, at(62000)).minute_left, 60);
}
END_TEST

START_TEST(test_near_a_boundary_both_windows_must_have_room)
{
	struct ratelimit_headers headers;
	int tickets[60];
	learn_fixed_windows();
	/* The server's minute ends at 59750; for us between 59000 and 60101.
	 * Sixty calls are counted in the new one, as their headers say. */
	for (int i = 0; i < 59; i++)
		tickets[i] = spend(59800);
	headers = honest(59850, 0);
	headers.minute_remaining = headers.date_ms = -1;
	for (int i = 0; i < 59; i++)
		ratelimit_answer(&state, at(59900), tickets[i], 200, &headers);
	tickets[59] = spend(59910);
	ratelimit_answer(&state, at(59950), tickets[59], 200, &headers);
	ck_assert(!ratelimit_ask(&state, &usual, at(59960)).go);
	ck_assert_int_ge(opens(59960), 60000 + 59750);
}
END_TEST

START_TEST(
	test_a_reset_that_may_be_a_window_after_our_first_call_proves_nothing)
{
	/* Counted at 00:00.000 of the server's minute: a server that slides
	 * names the next whole minute too. */
	struct ratelimit_headers headers = honest(59750, 59);
	int first = spend(59730);
	ck_assert_int_eq(headers.minute_reset_ms % MINUTE, 0);
	ratelimit_answer(&state, at(59800), first, 200, &headers);
	ck_assert_int_eq(state.windows, RATELIMIT_WINDOWS_UNKNOWN);
}
END_TEST

START_TEST(test_a_refusal_revokes_the_trust_in_resets_for_good)
{
	learn_the_minute();
	int ticket = spend(20200);
	struct ratelimit_headers headers = honest(20250, 0);
	headers.day_limit = headers.day_remaining = headers.day_reset_ms = -1;
	ratelimit_answer(&state, at(20300), ticket, 429, &headers);
	struct ratelimit_verdict v = ratelimit_ask(&state, &usual, at(20400));
	ck_assert_int_eq(v.reason, RATELIMIT_REFUSED);
	ck_assert_int_ge(opens(20400), 59750);
	ck_assert_int_le(opens(20400), 59750 + 1100);
	ratelimit_new_boot(&state, &usual, at(100000));
	ticket = spend(200000);
	headers = honest(200050, 59);
	ratelimit_answer(&state, at(200100), ticket, 200, &headers);
	ck_assert_int_eq(state.windows, RATELIMIT_WINDOWS_REVOKED);
}
END_TEST

/* 40 calls are counted late in a minute, one is refused, and the first of
 * the next minute says what remains. */
static void refused_then_remaining(int remaining)
{
	struct ratelimit_headers headers;
	ratelimit_init(&state);
	for (int i = 0; i < 40; i++) {
		int ticket = spend(40000 + i * 100);
		headers = honest(40050 + i * 100, 59 - i);
		ratelimit_answer(
			&state, at(40090 + i * 100), ticket, 200, &headers);
	}
	int ticket = spend(50000);
	headers = honest(50050, 0);
	ratelimit_answer(&state, at(50100), ticket, 429, &headers);
	ck_assert_int_eq(state.windows, RATELIMIT_WINDOWS_REVOKED);
	int64_t next = opens(50200) + 1000;
	ticket = spend(next);
	headers = honest(next + 50, remaining);
	ratelimit_answer(&state, at(next + 100), ticket, 200, &headers);
}

START_TEST(test_a_count_that_begins_anew_earns_the_trust_again)
{
	refused_then_remaining(59);
	ck_assert_int_eq(state.windows, RATELIMIT_WINDOWS_FIXED);
	refused_then_remaining(20);
	ck_assert_int_eq(state.windows, RATELIMIT_WINDOWS_FIXED);
	/* A sliding count: 40 and this one are in it. */
	refused_then_remaining(19);
	ck_assert_int_eq(state.windows, RATELIMIT_WINDOWS_REVOKED);
	/* More than there can be. */
	refused_then_remaining(60);
	ck_assert_int_eq(state.windows, RATELIMIT_WINDOWS_REVOKED);
	refused_then_remaining(-1);
	ck_assert_int_eq(state.windows, RATELIMIT_WINDOWS_REVOKED);
}
END_TEST

START_TEST(test_a_refusal_without_headers_waits_one_minute)
{
	int ticket = spend(0);
	ratelimit_answer(&state, at(100), ticket, 429, &no_headers);
	ck_assert_int_eq(opens(200), 60100);
}
END_TEST

START_TEST(test_a_refusal_for_the_day_parks_until_its_reset_not_longer)
{
	struct ratelimit_headers headers = no_headers;
	headers.day_limit = 5000;
	headers.day_remaining = 0;
	headers.day_reset_ms = INT64_C(1795305600000); /* 22 Nov, 00:00 */
	int ticket = spend(0);
	ratelimit_answer(&state, at(100), ticket, 429, &headers);
	struct ratelimit_verdict v = ratelimit_ask(&state, &usual, at(200));
	ck_assert_int_eq(v.reason, RATELIMIT_DAY);
	int64_t midnight = INT64_C(1795305600000) - INT64_C(1795253400000);
	ck_assert_int_eq(opens(200), midnight);
	ck_assert(ratelimit_ask(&state, &usual, at(midnight)).go);
	ck_assert_int_eq(state.windows, RATELIMIT_WINDOWS_UNKNOWN);
}
END_TEST

START_TEST(test_a_reset_a_year_ahead_parks_no_longer_than_the_day)
{
	struct ratelimit_headers headers = no_headers;
	headers.day_remaining = 0;
	headers.day_reset_ms = INT64_C(1795305600000) + 365 * DAY;
	int ticket = spend(0);
	ratelimit_answer(&state, at(100), ticket, 429, &headers);
	ck_assert_int_le(opens(200), DAY);
}
END_TEST

START_TEST(test_foreign_use_lowers_this_window_and_no_other)
{
	static const int32_t windows[] = { RATELIMIT_WINDOWS_UNKNOWN,
		RATELIMIT_WINDOWS_FIXED };
	for (int i = 0; i < 2; i++) {
		ratelimit_init(&state);
		state.windows = windows[i];
		int ticket = spend(20000);
		struct ratelimit_headers headers = honest(20050, 20);
		ratelimit_answer(&state, at(20100), ticket, 200, &headers);
		ck_assert_int_eq(
			ratelimit_ask(&state, &usual, at(20200)).minute_left,
			20);
		ck_assert_int_ge(
			ratelimit_ask(&state, &usual, at(62000)).minute_left,
			59);
	}
}
END_TEST

/* 40 tokens are out when the trust is revoked, and come back at 60.1 s. One
 * more call is answered at 50.1 s. */
static void answer_after_revocation(int remaining)
{
	ratelimit_init(&state);
	for (int i = 0; i < 40; i++) {
		int ticket = spend(0);
		ratelimit_answer(&state, at(100), ticket, 200, &no_headers);
	}
	struct ratelimit_headers headers = honest(50050, remaining);
	int ticket = spend(50000);
	state.windows = RATELIMIT_WINDOWS_REVOKED;
	ratelimit_answer(&state, at(50100), ticket, 200, &headers);
	ck_assert_int_eq(state.windows, RATELIMIT_WINDOWS_REVOKED);
}

START_TEST(test_once_revoked_our_own_calls_are_not_taken_for_others_use)
{
	/* A sliding count of 41 calls, all ours. */
	answer_after_revocation(19);
	ck_assert_int_eq(
		ratelimit_ask(&state, &usual, at(50200)).minute_left, 19);
	ck_assert_int_eq(
		ratelimit_ask(&state, &usual, at(60200)).minute_left, 59);
}
END_TEST

START_TEST(test_once_revoked_others_use_holds_back_returning_tokens_a_minute)
{
	/* Of 51 counted calls 41 can be ours. */
	answer_after_revocation(9);
	ck_assert_int_eq(
		ratelimit_ask(&state, &usual, at(50200)).minute_left, 9);
	(void)spend(50300);
	ck_assert_int_eq(
		ratelimit_ask(&state, &usual, at(60200)).minute_left, 8);
	for (int i = 0; i < 8; i++)
		(void)spend(60200);
	ck_assert_int_eq(opens(60300), 110100);
	/* The newest answer knows best: others' calls have left. */
	answer_after_revocation(9);
	struct ratelimit_headers headers = honest(60250, 58);
	int ticket = spend(60200);
	ratelimit_answer(&state, at(60300), ticket, 200, &headers);
	ck_assert_int_eq(
		ratelimit_ask(&state, &usual, at(60400)).minute_left, 58);
}
END_TEST

START_TEST(test_of_two_answers_the_one_to_the_newer_call_counts)
{
	struct ratelimit_headers older = honest(50, 40);
	struct ratelimit_headers newer = honest(60, 38);
	older.minute_reset_ms = newer.minute_reset_ms = -1;
	int first = spend(0);
	int second = spend(0);
	ratelimit_answer(&state, at(100), second, 200, &newer);
	ratelimit_answer(&state, at(110), first, 200, &older);
	ck_assert_int_eq(
		ratelimit_ask(&state, &usual, at(200)).minute_left, 38);
}
END_TEST

START_TEST(test_no_header_raises_what_was_configured_and_a_lower_one_counts)
{
	int ticket = spend(20000);
	struct ratelimit_headers headers = honest(20050, 299);
	headers.minute_limit = 300;
	headers.day_limit = 30000;
	headers.day_remaining = 29999;
	ratelimit_answer(&state, at(20100), ticket, 200, &headers);
	struct ratelimit_verdict v = ratelimit_ask(&state, &usual, at(20200));
	ck_assert_int_eq(v.minute_left, 59);
	ck_assert_int_eq(v.day_left, 4999);

	ticket = spend(20300);
	headers = honest(20350, 28);
	headers.minute_limit = 30;
	headers.day_limit = 100;
	headers.day_remaining = 98;
	ratelimit_answer(&state, at(20400), ticket, 200, &headers);
	v = ratelimit_ask(&state, &usual, at(20500));
	ck_assert_int_eq(v.minute_left, 28);
	ck_assert_int_eq(v.day_left, 98);
	/* Absent ones keep the old values. */
	ticket = spend(20600);
	ratelimit_answer(&state, at(20700), ticket, 200, &no_headers);
	v = ratelimit_ask(&state, &usual, at(20800));
	ck_assert_int_eq(v.minute_left, 27);
	ck_assert_int_eq(v.day_left, 97);
}
END_TEST

START_TEST(test_a_jump_of_the_wall_clock_frees_nothing_and_parks_nobody)
{
	static const int64_t jumps[] = { -400 * DAY, -DAY, -3600000, 3600000,
		DAY, 400 * DAY };
	for (int i = 0; i < 12; i++) {
		ratelimit_init(&state);
		int64_t jump = jumps[i % 6];
		int ticket = spend(0);
		if (i >= 6) { /* with the server's clock learnt, or not */
			struct ratelimit_headers headers = honest(50, 59);
			headers.day_remaining = 4999;
			ratelimit_answer(
				&state, at(100), ticket, 200, &headers);
		}
		for (int k = 1; k < 60; k++)
			spend(200);
		struct instant jumped = at(300);
		jumped.wall_ms += jump;
		struct ratelimit_verdict v = ratelimit_ask(
			&state, &usual, jumped);
		ck_assert(!v.go);
		ck_assert_int_eq(v.day_left, 4940);
		ck_assert_int_le(v.until_boot_ms, jumped.boot_ms + 180000);

		state.day_used = 5000;
		v = ratelimit_ask(&state, &usual, jumped);
		ck_assert_int_eq(v.reason, RATELIMIT_DAY);
		ck_assert_int_le(v.until_boot_ms, jumped.boot_ms + DAY);
		/* Clocks drift: then it is asked again, half a minute long. */
		int64_t midnight = v.until_boot_ms;
		for (int k = 0; k < 9 && !v.go; k++) {
			jumped.boot_ms = v.until_boot_ms;
			v = ratelimit_ask(&state, &usual, jumped);
		}
		ck_assert(v.go);
		ck_assert_int_le(jumped.boot_ms, midnight + 30100);
	}
}
END_TEST

START_TEST(test_a_wall_clock_set_back_by_a_reboot_keeps_the_days_count)
{
	spend(0);
	state.day_used = 5000;
	struct instant now = { .boot_ms = 5000,
		.wall_ms = at(0).wall_ms - 300 * DAY };
	ratelimit_new_boot(&state, &usual, now);
	now.boot_ms += 100000;
	now.wall_ms += 100000;
	struct ratelimit_verdict v = ratelimit_ask(&state, &usual, now);
	ck_assert_int_eq(v.reason, RATELIMIT_DAY);
	ck_assert_int_le(v.until_boot_ms, now.boot_ms + DAY);
}
END_TEST

START_TEST(test_after_a_reboot_the_minute_is_full_for_one_window)
{
	spend(0);
	struct instant now = { .boot_ms = 3000, .wall_ms = at(9000).wall_ms };
	ratelimit_new_boot(&state, &usual, now);
	struct ratelimit_verdict v = ratelimit_ask(&state, &usual, now);
	ck_assert(!v.go);
	ck_assert_int_eq(v.reason, RATELIMIT_MINUTE);
	ck_assert_int_eq(v.until_boot_ms, 63000);
	ck_assert_int_eq(v.day_left, 4999);
	now.boot_ms += 60000;
	ck_assert_int_eq(ratelimit_ask(&state, &usual, now).minute_left, 60);
}
END_TEST

START_TEST(test_after_a_reboot_at_midnight_late_calls_count_in_the_new_day)
{
	spend(0);
	/* Started again a minute before midnight: a call of before may yet
	 * arrive after it. */
	struct instant now = { .boot_ms = 3000,
		.wall_ms = INT64_C(1795305600000) - 60000 };
	ratelimit_new_boot(&state, &usual, now);
	now.boot_ms += 61000;
	now.wall_ms += 61000;
	ck_assert_int_eq(ratelimit_ask(&state, &usual, now).day_left, 4940);
	/* Three minutes before midnight, none can. */
	now = (struct instant){ .boot_ms = 3000,
		.wall_ms = INT64_C(1795305600000) - 180000 };
	ratelimit_new_boot(&state, &usual, now);
	now.boot_ms += 181000;
	now.wall_ms += 181000;
	ck_assert_int_eq(ratelimit_ask(&state, &usual, now).day_left, 5000);
}
END_TEST

START_TEST(test_a_packed_state_is_what_is_in_use_and_comes_back_the_same)
{
	static unsigned char bytes[RATELIMIT_PACKED_MAX];
	static struct ratelimit_state back;
	size_t quiet = ratelimit_pack(&state, bytes);
	for (int i = 0; i < 60; i++)
		(void)spend(i);
	endpoint_answer(&state, "jan Journals", at(100), 403, &no_headers);
	size_t len = ratelimit_pack(&state, bytes);
	ck_assert_uint_le(quiet, 200);
	ck_assert_uint_le(len, quiet + 60 * 24 + 100);
	ck_assert(ratelimit_unpack(bytes, len, &back));
	ck_assert_int_eq(back.call_count, 60);
	ck_assert_int_eq(back.calls[59].spent_boot, at(59).boot_ms);
	ck_assert_int_eq(back.endpoint_count, 1);
	ck_assert_int_eq(back.endpoints[0].strike_status, 403);
	ck_assert_int_eq(back.day_used, 60);
	/* Cut short, too long, or with a count beyond the lists. */
	ck_assert(!ratelimit_unpack(bytes, len - 8, &back));
	ck_assert(!ratelimit_unpack(bytes, len + 8, &back));
	ck_assert(!ratelimit_unpack(bytes, 8, &back));
	int32_t many = RATELIMIT_CALLS + 1;
	memcpy(bytes + offsetof(struct ratelimit_state, call_count), &many, 4);
	ck_assert(!ratelimit_unpack(bytes, len, &back));
}
END_TEST

START_TEST(test_one_date_that_lies_changes_nothing)
{
	int ticket = spend(20000);
	struct ratelimit_headers headers = honest(20050, 59);
	ratelimit_answer(&state, at(20100), ticket, 200, &headers);
	int64_t low = state.offset_low;
	ticket = spend(20200);
	headers = honest(20250, 58);
	headers.date_ms += 2 * DAY;
	ratelimit_answer(&state, at(20300), ticket, 200, &headers);
	ck_assert_int_eq(state.offset_low, low);
	ck_assert_int_eq(ratelimit_ask(&state, &usual, at(20400)).day_left,
		ratelimit_ask(&state, &usual, at(20400)).day_left);
	ticket = spend(20500);
	headers = honest(20550, 57);
	ratelimit_answer(&state, at(20600), ticket, 200, &headers);
	ck_assert_int_eq(state.doubt, 0);
	ck_assert_int_eq(state.windows, RATELIMIT_WINDOWS_NAMED);
}
END_TEST

static void fresh_state(void)
{
	ratelimit_init(&state);
}

int main(void)
{
	Suite *suite = suite_create("ratelimit");
	TCase *rules = tcase_create("rules");
	tcase_add_checked_fixture(rules, fresh_state, NULL);
	tcase_add_test(rules,
		test_a_spent_token_returns_one_window_after_its_response);
	tcase_add_test(rules,
		test_a_dead_process_gives_its_token_back_after_three_minutes);
	tcase_add_test(rules,
		test_a_named_minute_is_tried_by_one_call_and_its_count_decides);
	tcase_add_test(
		rules, test_a_trial_that_is_refused_leaves_the_first_rule);
	tcase_add_test(rules,
		test_a_trial_whose_answer_decides_nothing_is_followed_by_another);
	tcase_add_test(rules,
		test_a_reset_off_the_minute_revokes_the_trust_in_headers);
	tcase_add_test(
		rules, test_a_call_across_the_boundary_counts_in_both_windows);
	tcase_add_test(rules, test_near_a_boundary_both_windows_must_have_room);
	tcase_add_test(rules,
		test_a_reset_that_may_be_a_window_after_our_first_call_proves_nothing);
	tcase_add_test(
		rules, test_a_refusal_revokes_the_trust_in_resets_for_good);
	tcase_add_test(
		rules, test_a_count_that_begins_anew_earns_the_trust_again);
	tcase_add_test(rules, test_a_refusal_without_headers_waits_one_minute);
	tcase_add_test(rules,
		test_a_refusal_for_the_day_parks_until_its_reset_not_longer);
	tcase_add_test(
		rules, test_a_reset_a_year_ahead_parks_no_longer_than_the_day);
	tcase_add_test(rules, test_foreign_use_lowers_this_window_and_no_other);
	tcase_add_test(rules,
		test_once_revoked_our_own_calls_are_not_taken_for_others_use);
	tcase_add_test(rules,
		test_once_revoked_others_use_holds_back_returning_tokens_a_minute);
	tcase_add_test(
		rules, test_of_two_answers_the_one_to_the_newer_call_counts);
	tcase_add_test(rules,
		test_no_header_raises_what_was_configured_and_a_lower_one_counts);
	tcase_add_test(rules,
		test_a_jump_of_the_wall_clock_frees_nothing_and_parks_nobody);
	tcase_add_test(rules,
		test_a_wall_clock_set_back_by_a_reboot_keeps_the_days_count);
	tcase_add_test(
		rules, test_after_a_reboot_the_minute_is_full_for_one_window);
	tcase_add_test(rules,
		test_after_a_reboot_at_midnight_late_calls_count_in_the_new_day);
	tcase_add_test(rules,
		test_a_packed_state_is_what_is_in_use_and_comes_back_the_same);
	tcase_add_test(rules, test_one_date_that_lies_changes_nothing);
	suite_add_tcase(suite, rules);
	SRunner *runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	int failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
