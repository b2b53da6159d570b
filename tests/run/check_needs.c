/*
 * The tables that name scopes agree: entities and derivations with the
 * catalogue, probes with both, and each probe with the sandbox's own table,
 * which was written without looking at ours.
 */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "derive/derive.h"
#include "connector/entity.h"
#include "run/needs.h"
#include "connector/probe.h"
#include "sandbox/odata.h"

static const struct odata_entity *in_sandbox(const char *path)
{
	char key[128];

	return odata_find(path, key, sizeof(key));
}

START_TEST(test_every_entitys_scope_is_in_the_catalogue_and_can_be_probed)
{
	for (size_t i = 0; entity_table[i] != NULL; i++) {
		const char *id = entity_table[i]->scope;
		int scope;

		if (id == NULL) {
			ck_assert_str_eq(entity_table[i]->path, "current/Me");
			continue;
		}
		scope = catalogue_find(id, strlen(id));
		ck_assert_msg(scope >= 0, "%s: no scope '%s'",
			entity_table[i]->path, id);
		ck_assert_msg(probe_endpoint(scope) != NULL,
			"connector/probe.c has no list to ask for %s", id);
		ck_assert_msg(
			in_sandbox(entity_table[i]->path) == NULL ||
				strcmp(in_sandbox(entity_table[i]->path)->scope,
					id) == 0,
			"%s: the sandbox says another scope than %s",
			entity_table[i]->path, id);
	}
}
END_TEST

START_TEST(test_every_recommended_scope_has_a_list_to_ask_of_that_scope)
{
	for (int i = 0; i < CATALOGUE_SCOPES; i++) {
		const char *endpoint = probe_endpoint(i);

		ck_assert(catalogue_advice(i) == NULL || endpoint != NULL);
		if (endpoint == NULL)
			continue;
		ck_assert_msg(in_sandbox(endpoint) != NULL,
			"the sandbox has no %s", endpoint);
		ck_assert_str_eq(
			in_sandbox(endpoint)->scope, catalogue_scopes[i].id);
		for (int k = 0; k < i; k++)
			ck_assert(probe_endpoint(k) == NULL ||
				  strcmp(probe_endpoint(k), endpoint) != 0);
	}
}
END_TEST

START_TEST(test_a_data_type_hangs_on_its_feeds_and_on_the_pin)
{
	struct scopes_set all;
	int accounting = catalogue_find("financial.accounting", 20);
	int ledgers = catalogue_find("financial.generalledgers", 24);
	int pin = catalogue_find("organization.administration", 27);
	int payroll = catalogue_find("hrm.payroll", 11);

	needs_all(&all);
	for (const struct derive_type *row = derive_types; row->type != NULL;
		row++) {
		ck_assert(needs_scope(row->type, pin));
		ck_assert(!needs_scope(row->type, payroll));
	}
	ck_assert(needs_scope(&model_journal_entries, accounting));
	ck_assert(needs_scope(&model_journal_entries, ledgers));
	ck_assert(needs_scope(&model_journals, ledgers));
	ck_assert(!needs_scope(&model_journals, accounting));
	ck_assert_int_eq(all.level[accounting], CATALOGUE_READ);
	ck_assert_int_eq(all.level[pin], CATALOGUE_READ);
	ck_assert_int_eq(all.level[payroll], CATALOGUE_NONE);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("needs");
	TCase *tcase = tcase_create("needs");
	SRunner *runner;
	int failed;

	tcase_add_test(tcase,
		test_every_entitys_scope_is_in_the_catalogue_and_can_be_probed);
	tcase_add_test(tcase,
		test_every_recommended_scope_has_a_list_to_ask_of_that_scope);
	tcase_add_test(
		tcase, test_a_data_type_hangs_on_its_feeds_and_on_the_pin);
	suite_add_tcase(suite, tcase);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
