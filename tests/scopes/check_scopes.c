/* The catalogue, sets of scopes, and the words for a refusal. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "scopes/catalogue.h"
#include "scopes/explain.h"
#include "scopes/scopes_set.h"

static int scope(const char *id)
{
	int found = catalogue_find(id, strlen(id));

	ck_assert_msg(found >= 0, "%s is not in the catalogue", id);
	return found;
}

static const char *nearest(const char *text)
{
	return catalogue_scopes[catalogue_nearest(text, strlen(text))].id;
}

START_TEST(test_each_scope_is_there_once_in_both_of_its_forms)
{
	for (int i = 0; i < CATALOGUE_SCOPES; i++) {
		const struct catalogue_scope *row = &catalogue_scopes[i];
		char id[64], printed[64];
		size_t first = strlen(row->group);

		snprintf(id, sizeof(id), "%s.%s", row->group, row->name);
		id[0] = (char)(id[0] - 'A' + 'a');
		ck_assert_str_eq(row->id, id);
		snprintf(printed, sizeof(printed), "%s %s", row->group,
			row->name);
		ck_assert_str_eq(row->printed, printed);
		ck_assert_int_eq(row->id[first], '.');
		ck_assert_uint_le(strlen(row->id), 40);
		ck_assert_int_eq(scope(row->id), i);
	}
	ck_assert_int_eq(catalogue_find("financial", 9), -1);
	ck_assert_int_eq(catalogue_find("", 0), -1);
}
END_TEST

START_TEST(test_the_recommended_list_raises_two_rows_for_bank_feeds)
{
	struct scopes_set plain, feeds, more;
	int count = 0;

	scopes_set_recommended(false, &plain);
	scopes_set_recommended(true, &feeds);
	for (int i = 0; i < CATALOGUE_SCOPES; i++) {
		count += plain.level[i] != CATALOGUE_NONE;
		ck_assert_int_eq(catalogue_advice(i) != NULL,
			plain.level[i] != CATALOGUE_NONE);
	}
	ck_assert_int_eq(count, 13);
	ck_assert_int_eq(scopes_set_missing(&plain, &feeds, &more), 2);
	ck_assert_int_eq(more.level[scope("financial.generalledgers")],
		CATALOGUE_MANAGE);
	ck_assert_int_eq(
		more.level[scope("financial.accounting")], CATALOGUE_MANAGE);
	ck_assert_int_eq(
		plain.level[scope("financial.payables")], CATALOGUE_READ);
	ck_assert_int_eq(
		plain.level[scope("organization.documents")], CATALOGUE_MANAGE);
	ck_assert_int_eq(plain.level[scope("hrm.payroll")], CATALOGUE_NONE);
}
END_TEST

START_TEST(test_a_declared_list_is_read_with_its_levels)
{
	struct scopes_set set = { 0 };
	struct error err;

	ck_assert_int_eq(scopes_set_parse("financial.accounting = read,\n"
					  "\tcrm.accounts=manage, "
					  "sales.orders, hrm.payroll=none,",
				 &set, &err),
		0);
	ck_assert_int_eq(
		set.level[scope("financial.accounting")], CATALOGUE_READ);
	ck_assert_int_eq(set.level[scope("crm.accounts")], CATALOGUE_MANAGE);
	ck_assert_int_eq(set.level[scope("sales.orders")], CATALOGUE_READ);
	ck_assert_int_eq(set.level[scope("hrm.payroll")], CATALOGUE_NONE);
	ck_assert_int_eq(scopes_set_parse("sales.invoices", &set, &err), 0);
	ck_assert_int_eq(set.level[scope("crm.accounts")], CATALOGUE_MANAGE);
	ck_assert_int_eq(set.level[scope("sales.invoices")], CATALOGUE_READ);
}
END_TEST

START_TEST(test_a_wrong_name_is_refused_with_the_nearest_right_one)
{
	struct scopes_set set = { 0 };
	const struct scopes_set none = { 0 };
	struct error err;

	ck_assert_int_eq(scopes_set_parse("crm.accounts, financial.acounting",
				 &set, &err),
		FAIL_CONFIG);
	ck_assert_ptr_nonnull(strstr(err.text, "'financial.acounting'"));
	ck_assert_ptr_nonnull(strstr(err.text, "'financial.accounting'"));
	ck_assert_mem_eq(&set, &none, sizeof(set));
	ck_assert_str_eq(nearest("receivables"), "financial.receivables");
	ck_assert_str_eq(nearest("purchase.order"), "purchase.orders");
	ck_assert_str_eq(nearest("Sales.invoices"), "sales.invoices");
	ck_assert_str_eq(
		nearest("organisation.documents"), "organization.documents");
	char longest[5000];
	memset(longest, 'x', sizeof(longest) - 1);
	longest[sizeof(longest) - 1] = '\0';
	ck_assert_int_eq(scopes_set_parse(longest, &set, &err), FAIL_CONFIG);
	ck_assert_int_eq(scopes_set_parse("=read", &set, &err), FAIL_CONFIG);
}
END_TEST

START_TEST(test_a_wrong_or_second_level_is_refused)
{
	struct scopes_set set = { 0 };
	struct error err;

	ck_assert_int_eq(scopes_set_parse("crm.accounts=write", &set, &err),
		FAIL_CONFIG);
	ck_assert_ptr_nonnull(strstr(err.text, "'write'"));
	ck_assert_ptr_nonnull(strstr(err.text, "manage"));
	ck_assert_int_eq(scopes_set_parse("crm.accounts=read, "
					  "crm.accounts=manage",
				 &set, &err),
		FAIL_CONFIG);
	ck_assert_ptr_nonnull(strstr(err.text, "two levels"));
	ck_assert_int_eq(
		scopes_set_parse("crm.accounts,crm.accounts=read", &set, &err),
		0);
}
END_TEST

START_TEST(test_union_takes_the_higher_and_missing_tells_the_needed_level)
{
	struct scopes_set have = { 0 }, other = { 0 }, needed = { 0 }, gone;
	int accounting = scope("financial.accounting");
	int payables = scope("financial.payables");
	int items = scope("logistics.items");

	scopes_set_add(&have, accounting, CATALOGUE_READ);
	scopes_set_add(&other, accounting, CATALOGUE_MANAGE);
	scopes_set_add(&other, items, CATALOGUE_READ);
	scopes_set_add(&needed, accounting, CATALOGUE_MANAGE);
	scopes_set_add(&needed, payables, CATALOGUE_READ);
	ck_assert_int_eq(scopes_set_missing(&have, &needed, &gone), 2);
	ck_assert_int_eq(gone.level[accounting], CATALOGUE_MANAGE);
	ck_assert_int_eq(gone.level[payables], CATALOGUE_READ);
	scopes_set_union(&have, &other);
	ck_assert_int_eq(have.level[accounting], CATALOGUE_MANAGE);
	ck_assert_int_eq(have.level[items], CATALOGUE_READ);
	ck_assert_int_eq(scopes_set_missing(&have, &needed, &gone), 1);
	ck_assert_int_eq(gone.level[accounting], CATALOGUE_NONE);
	scopes_set_add(&have, accounting, CATALOGUE_READ);
	ck_assert_int_eq(have.level[accounting], CATALOGUE_MANAGE);
}
END_TEST

START_TEST(test_a_refusal_for_a_scope_is_told_from_other_refusals)
{
	char found[EXPLAIN_SCOPE];

	ck_assert(explain_refused("Forbidden - Application Scope Violated. "
				  "Cannot read 'financial.receivables' scope.",
		found));
	ck_assert_str_eq(found, "financial.receivables");
	ck_assert(explain_refused("Application Scope Violated", found));
	ck_assert_str_eq(found, "");
	ck_assert(explain_refused(
		"Application Scope Violated. Cannot read 'cut o", found));
	ck_assert_str_eq(found, "");
	ck_assert(explain_refused("Verboden: 'lezen' van 'crm.accounts' mag "
				  "niet.",
		found));
	ck_assert_str_eq(found, "crm.accounts");
	ck_assert(!explain_refused("Forbidden", found));
	ck_assert(!explain_refused("Forbidden - User division is not within "
				   "division scope.",
		found));
}
END_TEST

START_TEST(test_a_missing_scope_is_explained_whole_and_with_its_remedy)
{
	static const char *const words[] = { "App Center", "Manage my apps",
		"Data & Security review", "consent again" };
	char text[EXPLAIN_MAX];

	for (int i = 0; i < CATALOGUE_SCOPES; i++) {
		explain_missing(catalogue_scopes[i].id, text);
		ck_assert_ptr_nonnull(strstr(text, catalogue_scopes[i].id));
		ck_assert_ptr_nonnull(
			strstr(text, catalogue_scopes[i].printed));
		for (size_t k = 0; k < sizeof(words) / sizeof(*words); k++)
			ck_assert_ptr_nonnull(strstr(text, words[k]));
		ck_assert_ptr_nonnull(strstr(text, "login ID"));
	}
	explain_missing("finance.crypto", text);
	ck_assert_ptr_nonnull(strstr(text, "scope finance.crypto; "));
	explain_missing("", text);
	ck_assert_ptr_nonnull(strstr(text, "lacks a scope; "));
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("scopes");
	TCase *tcase = tcase_create("scopes");
	SRunner *runner;
	int failed;

	tcase_add_test(
		tcase, test_each_scope_is_there_once_in_both_of_its_forms);
	tcase_add_test(tcase,
		test_the_recommended_list_raises_two_rows_for_bank_feeds);
	tcase_add_test(tcase, test_a_declared_list_is_read_with_its_levels);
	tcase_add_test(
		tcase, test_a_wrong_name_is_refused_with_the_nearest_right_one);
	tcase_add_test(tcase, test_a_wrong_or_second_level_is_refused);
	tcase_add_test(tcase,
		test_union_takes_the_higher_and_missing_tells_the_needed_level);
	tcase_add_test(
		tcase, test_a_refusal_for_a_scope_is_told_from_other_refusals);
	tcase_add_test(tcase,
		test_a_missing_scope_is_explained_whole_and_with_its_remedy);
	suite_add_tcase(suite, tcase);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
