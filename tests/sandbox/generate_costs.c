/*
 * Cost centres and cost units of generated books: the two lists, the lines
 * that have them, and what a user changes and deletes.
 */
#include "tests/sandbox/generate_world.h"

#include <stdio.h>
#include <string.h>

#define NOW INT64_C(1790000000000)

static struct generate_world world;

static void close_world(void)
{
	generate_world_close(&world);
}

static size_t count(const char *body, const char *piece)
{
	size_t found = 0;

	for (body = strstr(body, piece); body; body = strstr(body + 1, piece))
		found++;
	return found;
}

static size_t count_get(const char *target, const char *piece)
{
	return count(generate_world_get(&world, target, 200), piece);
}

START_TEST(test_the_lists_have_their_rows)
{
	const char *body;

	generate_world_make_tracking(&world, false, 7);
	body = generate_world_get(&world,
		"hrm/Costcenters?$select=ID,Code,Description,Active,EndDate",
		200);
	ck_assert_uint_eq(count(body, "\"ID\":\""), 6);
	ck_assert_uint_eq(count(body, "\"Description\":\"Verkoop\""), 1);
	ck_assert_uint_eq(count(body, "\"Active\":false"), 1);
	ck_assert_uint_eq(count(body, "\"EndDate\":null"), 5);
	/* 2024-12-31 */
	ck_assert_uint_eq(
		count(body, "\"EndDate\":\"/Date(1735603200000)/\""), 1);
	ck_assert_uint_eq(count(body, "\"WEG\""), 0);
	body = generate_world_get(&world,
		"hrm/Costunits?$select=ID,Code,Description,EndDate", 200);
	ck_assert_uint_eq(count(body, "\"ID\":\""), 4);
	ck_assert_uint_eq(count(body, "\"Description\":null"), 1);
	ck_assert_uint_eq(count(body, "\"EndDate\":null"), 3);
	generate_world_get(&world, "hrm/Costunits?$select=Active", 400);
	ck_assert(!generate_world_known("hrm/CostCenters"));
	close_world();
	generate_world_make_tracking(&world, true, 7);
	ck_assert_uint_eq(count_get("hrm/Costcenters?$select=Description",
				  "\"Description\":\"Sales\""),
		1);
	close_world();
}
END_TEST

START_TEST(test_without_tracking_nothing_has_a_cost_center)
{
	generate_world_make(&world, GENERATE_SMALL, false, 7);
	ck_assert_uint_eq(count_get("hrm/Costcenters", "\"__metadata\""), 0);
	ck_assert_uint_eq(count_get("hrm/Costunits", "\"__metadata\""), 0);
	ck_assert_uint_eq(
		count_get("bulk/Financial/TransactionLines?$select=CostCenter,"
			  "CostCenterDescription",
			"\"CostCenter\":null,\"CostCenterDescription\":null"),
		1000);
	close_world();
}
END_TEST

/* Each line of the three lists shows the same. */
START_TEST(test_lines_show_them_in_every_dialect)
{
	static const char select[] = "CostCenter,CostCenterDescription,"
				     "CostUnit,CostUnitDescription";
	static const char *const targets[] = {
		"financialtransaction/TransactionLines?$filter=CostCenter%20eq"
		"%20'VRK'%20or%20CostUnit%20eq%20'002'&$select=",
		"bulk/Financial/TransactionLines?$filter=CostCenter%20eq"
		"%20'VRK'%20or%20CostUnit%20eq%20'002'&$select=",
		"sync/Financial/TransactionLines?$filter=Timestamp%20gt%201L&"
		"$select=",
	};
	char target[300];

	generate_world_make_tracking(&world, false, 7);
	for (size_t i = 0; i < 3; i++) {
		const char *body;

		snprintf(target, sizeof(target), "%s%s", targets[i], select);
		body = generate_world_get(&world, target, 200);
		ck_assert_uint_gt(count(body, "\"CostCenter\":\"VRK\","
					      "\"CostCenterDescription\":"
					      "\"Verkoop\",\"CostUnit\":null,"
					      "\"CostUnitDescription\":null"),
			2);
		ck_assert_uint_gt(
			count(body, "\"CostUnit\":\"002\","
				    "\"CostUnitDescription\":\"Onderhoud\""),
			0);
		/* The deleted one is on one line, with its description. */
		ck_assert_uint_eq(count(body, "\"CostCenter\":\"WEG\","
					      "\"CostCenterDescription\":"
					      "\"Opgeheven filiaal\""),
			i == 2);
	}
	close_world();
}
END_TEST

START_TEST(test_only_profit_and_loss_lines_have_them)
{
	size_t centers[8] = { 0 };
	size_t units[5] = { 0 };
	size_t lines = 0;

	generate_world_make_tracking(&world, true, 3);
	const struct books_table *table = &world.set->tables[BOOKS_LINES];
	const struct books_account *accounts = world.set->tables[BOOKS_ACCOUNTS]
						       .rows;
	const struct books_table *costs[2] = {
		&world.set->tables[BOOKS_COST_CENTERS],
		&world.set->tables[BOOKS_COST_UNITS],
	};
	ck_assert_uint_eq(costs[0]->count, 7);
	ck_assert_uint_eq(costs[0]->living, 6);
	ck_assert_uint_eq(costs[1]->living, 4);
	for (size_t row = 0; row < table->count; row++) {
		const struct books_line *line = (const struct books_line *)
							table->rows +
						row;
		uint8_t chosen[2] = { line->cost_center, line->cost_unit };

		if (accounts[line->account].sheet != 'W' || line->type == 310) {
			ck_assert_uint_eq(chosen[0], 0);
			ck_assert_uint_eq(chosen[1], 0);
			continue;
		}
		lines++;
		centers[chosen[0]]++;
		units[chosen[1]]++;
		for (size_t i = 0; i < 2; i++) {
			const struct books_cost *cost = costs[i]->rows;

			if (chosen[i] == 0 || cost[chosen[i] - 1].ended == 0)
				continue;
			ck_assert_int_le(line->date, cost[chosen[i] - 1].ended);
		}
	}
	for (size_t i = 0; i < 7; i++)
		ck_assert_uint_gt(centers[i], 0);
	ck_assert_uint_eq(centers[7], 1);
	for (size_t i = 0; i < 5; i++)
		ck_assert_uint_gt(units[i], 0);
	ck_assert_uint_gt(lines - centers[0], lines / 2);
	ck_assert_uint_gt(units[0], lines / 2);
	close_world();
}
END_TEST

START_TEST(test_a_user_changes_and_deletes_them)
{
	struct error err = { 0 };

	generate_world_make_tracking(&world, false, 7);
	ck_assert_int_eq(books_change(world.books, 100001, "Costcenters", 6,
				 NOW, NULL, &err),
		0);
	ck_assert_uint_eq(count_get("hrm/Costcenters", " (edit "), 6);
	ck_assert_uint_gt(count_get("bulk/Financial/TransactionLines?$select="
				    "CostCenterDescription",
				  "\"CostCenterDescription\":\"Verkoop (edit "),
		0);
	ck_assert_int_eq(books_change(world.books, 100001, "Costcenters", 7,
				 NOW, NULL, &err),
		FAIL_INPUT);
	ck_assert_int_eq(books_delete(world.books, 100001, "Costunits", 3, NOW,
				 NULL, &err),
		0);
	ck_assert_uint_eq(count_get("hrm/Costunits?$select=ID", "\"ID\""), 1);
	/* sync/Deleted does not name them; the lines keep their codes. */
	ck_assert_uint_eq(world.set->deleted_count, 0);
	ck_assert_uint_gt(count_get("bulk/Financial/TransactionLines?$select="
				    "CostUnit",
				  "\"CostUnit\":\"001\""),
		0);
	close_world();
}
END_TEST

TCase *generate_costs_case(void)
{
	TCase *tcase = tcase_create("generate_costs");

	tcase_set_timeout(tcase, 60);
	tcase_add_test(tcase, test_the_lists_have_their_rows);
	tcase_add_test(tcase, test_without_tracking_nothing_has_a_cost_center);
	tcase_add_test(tcase, test_lines_show_them_in_every_dialect);
	tcase_add_test(tcase, test_only_profit_and_loss_lines_have_them);
	tcase_add_test(tcase, test_a_user_changes_and_deletes_them);
	return tcase;
}
