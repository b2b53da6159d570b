/*
 * Records, and what is made of their tables. The last test compares every
 * table with the published shapes when ../shared is there.
 */
#include <check.h>
#include <cjson/cJSON.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model/model.h"

static const struct model_table *table_of(const struct model_type *type)
{
	return &type->table;
}

static struct model_record *entry_of_two_lines(void)
{
	struct model_record *entry = model_record_new(&model_journal_entries);
	struct model_record *line;
	struct model_record *ref;

	ck_assert_ptr_nonnull(entry);
	model_set_text(entry, JOURNAL_ENTRY_ID, "e1");
	model_set_text(entry, JOURNAL_ENTRY_DESCRIPTION, "a, \"b\"");
	model_set_text(entry, JOURNAL_ENTRY_JOURNAL_REF_ID, "j1");
	model_set_text(entry, JOURNAL_ENTRY_JOURNAL_REF_NAME, "Sales");
	model_set_boolean(entry, JOURNAL_ENTRY_IS_DELETED, false);
	line = model_add_child(entry, JOURNAL_ENTRY_LINES);
	model_set_money(line, JOURNAL_LINE_NET_AMOUNT, 125000);
	model_set_text(line, JOURNAL_LINE_ACCOUNT_REF_ID, "1300");
	ref = model_add_child(line, JOURNAL_LINE_RECORD_REFS);
	model_set_text(ref, RECORD_REF_ID, "c1");
	model_set_text(ref, RECORD_REF_TYPE, "customers");
	ref = model_add_child(line, JOURNAL_LINE_RECORD_REFS);
	model_set_text(ref, RECORD_REF_ID, "t1");
	model_set_text(ref, RECORD_REF_TYPE, "trackingCategories");
	line = model_add_child(entry, JOURNAL_ENTRY_LINES);
	model_set_money(line, JOURNAL_LINE_NET_AMOUNT, -125000);
	model_set_no_children(line, JOURNAL_LINE_RECORD_REFS);
	model_set_text(line, JOURNAL_LINE_CONTACT_REF_ID, "c1");
	return entry;
}

START_TEST(test_json_nests_dotted_names_and_leaves_absent_fields_out)
{
	struct model_record *entry = entry_of_two_lines();
	struct buf text;

	buf_init(&text, 4096);
	model_json(entry, &text);
	ck_assert_str_eq(text.data,
		"{\"id\":\"e1\",\"description\":\"a, \\\"b\\\"\","
		"\"journalRef\":{\"id\":\"j1\",\"name\":\"Sales\"},"
		"\"journalLines\":[{\"netAmount\":12.5,"
		"\"accountRef\":{\"id\":\"1300\"},"
		"\"tracking\":{\"recordRefs\":["
		"{\"id\":\"c1\",\"dataType\":\"customers\"},"
		"{\"id\":\"t1\",\"dataType\":\"trackingCategories\"}]}},"
		"{\"netAmount\":-12.5,\"tracking\":{\"recordRefs\":[]},"
		"\"contactRef\":{\"id\":\"c1\"}}],"
		"\"metadata\":{\"isDeleted\":false}}");
	buf_free(&text);
	model_record_free(entry);
}
END_TEST

START_TEST(test_money_keeps_every_digit_up_to_the_largest)
{
	struct model_record *account = model_record_new(
		&model_chart_of_accounts);
	struct buf text;

	buf_init(&text, 4096);
	model_set_money(account, ACCOUNT_CURRENT_BALANCE, INT64_MIN);
	model_json(account, &text);
	ck_assert_str_eq(
		text.data, "{\"currentBalance\":-922337203685477.5808}");
	buf_reset(&text);
	model_set_money(account, ACCOUNT_CURRENT_BALANCE, 123456789012345601);
	model_json(account, &text);
	ck_assert_str_eq(text.data, "{\"currentBalance\":12345678901234.5601}");
	buf_free(&text);
	model_record_free(account);
}
END_TEST

START_TEST(test_csv_of_records_has_one_row_each_and_no_lines)
{
	struct model_record *entry = entry_of_two_lines();
	struct buf text;

	buf_init(&text, 4096);
	model_csv_header(&model_journal_entries, MODEL_RECORDS, &text);
	ck_assert_str_eq(text.data,
		"id,description,postedOn,createdOn,updatedOn,journalRef.id,"
		"journalRef.name,recordRef.id,recordRef.dataType,"
		"metadata.isDeleted,modifiedDate,sourceModifiedDate\r\n");
	buf_reset(&text);
	model_csv(&model_journal_entries, entry, MODEL_RECORDS, &text);
	ck_assert_str_eq(
		text.data, "e1,\"a, \"\"b\"\"\",,,,j1,Sales,,,false,,\r\n");
	buf_free(&text);
	model_record_free(entry);
}
END_TEST

START_TEST(test_csv_of_lines_has_the_record_s_id_and_folds_what_is_deeper)
{
	struct model_record *entry = entry_of_two_lines();
	struct buf text;

	buf_init(&text, 4096);
	model_csv_header(&model_journal_entries, MODEL_LINES, &text);
	ck_assert_str_eq(text.data,
		"id,metadata.isDeleted,journalLines.description,"
		"journalLines.netAmount,journalLines.transactionAmount,"
		"journalLines.currency,journalLines.transactionCurrency,"
		"journalLines.accountRef.id,journalLines.accountRef.name,"
		"journalLines.tracking.recordRefs.id,"
		"journalLines.tracking.recordRefs.dataType,"
		"journalLines.contactRef.id,"
		"journalLines.contactRef.dataType\r\n");
	buf_reset(&text);
	model_csv(&model_journal_entries, entry, MODEL_LINES, &text);
	ck_assert_str_eq(text.data, "e1,false,,12.5,,,,1300,,c1; t1,"
				    "customers; trackingCategories,,\r\n"
				    "e1,false,,-12.5,,,,,,,,c1,\r\n");
	buf_free(&text);
	model_record_free(entry);
}
END_TEST

START_TEST(test_csv_of_an_entry_without_lines_is_one_record_and_no_line)
{
	struct model_record *entry = model_record_new(&model_journal_entries);
	struct buf text;

	buf_init(&text, 4096);
	model_set_text(entry, JOURNAL_ENTRY_ID, "e");
	model_set_text(entry, JOURNAL_ENTRY_DESCRIPTION, "");
	model_csv(&model_journal_entries, entry, MODEL_RECORDS, &text);
	ck_assert_str_eq(text.data, "e,\"\",,,,,,,,,,\r\n");
	buf_reset(&text);
	model_csv(&model_journal_entries, entry, MODEL_LINES, &text);
	ck_assert_str_eq(text.data, "");
	buf_free(&text);
	model_record_free(entry);
}
END_TEST

START_TEST(test_csv_of_records_folds_arrays_that_are_no_lines)
{
	struct model_record *rate = model_record_new(&model_tax_rates);
	struct model_record *component;
	struct buf text;

	buf_init(&text, 4096);
	ck_assert_int_eq(model_lines(&model_tax_rates), -1);
	ck_assert_int_eq(model_lines(&model_invoices), INVOICE_LINES);
	model_set_text(rate, TAX_RATE_ID, "t");
	component = model_add_child(rate, TAX_RATE_COMPONENTS);
	model_set_text(component, TAX_COMPONENT_NAME, "a");
	component = model_add_child(rate, TAX_RATE_COMPONENTS);
	model_set_text(component, TAX_COMPONENT_NAME, "b, c");
	model_set_rate(component, TAX_COMPONENT_RATE, 21000000000);
	model_csv_header(&model_tax_rates, MODEL_RECORDS, &text);
	ck_assert_str_eq(text.data,
		"id,name,code,status,effectiveTaxRate,totalTaxRate,"
		"components.name,components.rate,components.isCompound,"
		"metadata.isDeleted,modifiedDate,sourceModifiedDate\r\n");
	buf_reset(&text);
	model_csv(&model_tax_rates, rate, MODEL_RECORDS, &text);
	ck_assert_str_eq(text.data, "t,,,,,,\"a; b, c\",; 21,\"; \",,,\r\n");
	buf_free(&text);
	model_record_free(rate);
}
END_TEST

START_TEST(test_csv_quotes_line_ends_and_outer_blanks)
{
	struct model_record *journal = model_record_new(&model_journals);
	struct buf text;

	buf_init(&text, 4096);
	model_set_text(journal, JOURNAL_ID, " 1");
	model_set_text(journal, JOURNAL_NAME, "a\nb");
	model_set_boolean(journal, JOURNAL_HAS_CHILDREN, true);
	model_csv(&model_journals, journal, MODEL_RECORDS, &text);
	ck_assert_str_eq(text.data, "\" 1\",,\"a\nb\",,,true,,,,,\r\n");
	buf_free(&text);
	model_record_free(journal);
}
END_TEST

START_TEST(test_a_text_is_copied_and_may_be_set_again_and_unset)
{
	struct model_record *journal = model_record_new(&model_journals);
	char text[] = "one";

	ck_assert(!model_is_set(journal, JOURNAL_NAME));
	model_set_text(journal, JOURNAL_NAME, text);
	text[0] = 'x';
	ck_assert_str_eq(model_text(journal, JOURNAL_NAME), "one");
	model_set_text(journal, JOURNAL_NAME, "two");
	ck_assert_str_eq(model_text(journal, JOURNAL_NAME), "two");
	model_unset(journal, JOURNAL_NAME);
	ck_assert(!model_is_set(journal, JOURNAL_NAME));
	model_record_free(journal);
	model_record_free(NULL);
}
END_TEST

START_TEST(test_ten_thousand_lines_keep_their_order_and_values)
{
	struct model_record *entry = model_record_new(&model_journal_entries);
	struct model_record *line;
	int i;

	for (i = 0; i < 10000; i++) {
		line = model_add_child(entry, JOURNAL_ENTRY_LINES);
		model_set_money(line, JOURNAL_LINE_NET_AMOUNT, i);
	}
	ck_assert_uint_eq(model_child_count(entry, JOURNAL_ENTRY_LINES), 10000);
	for (i = 0; i < 10000; i++) {
		line = model_child(entry, JOURNAL_ENTRY_LINES, (size_t)i);
		ck_assert_int_eq(
			model_number(line, JOURNAL_LINE_NET_AMOUNT), i);
	}
	ck_assert(!model_record_failed(entry));
	model_record_free(entry);
}
END_TEST

START_TEST(test_a_record_beyond_its_ceiling_is_marked_and_survives)
{
	struct model_record *journal = model_record_new(&model_journals);
	size_t size = MODEL_RECORD_MAX / 4;
	char *text = malloc(size);
	int i;

	ck_assert_ptr_nonnull(text);
	memset(text, 'x', size - 1);
	text[size - 1] = '\0';
	for (i = 0; i < 3; i++)
		model_set_text(journal, JOURNAL_NAME, text);
	ck_assert(!model_record_failed(journal));
	model_set_text(journal, JOURNAL_NAME, text);
	ck_assert(model_record_failed(journal));
	ck_assert_uint_eq(strlen(model_text(journal, JOURNAL_NAME)), size - 1);
	free(text);
	model_record_free(journal);
}
END_TEST

START_TEST(test_a_word_that_is_not_in_an_enum_is_found_at_any_depth)
{
	struct model_record *entry = entry_of_two_lines();
	struct model_record *line = model_child(entry, JOURNAL_ENTRY_LINES, 0);
	struct model_record *ref = model_child(
		line, JOURNAL_LINE_RECORD_REFS, 1);
	const struct model_field *field;
	const char *value = NULL;

	ck_assert_ptr_null(model_bad_enum(entry, &value));
	model_set_text(ref, RECORD_REF_TYPE, "Customers");
	field = model_bad_enum(entry, &value);
	ck_assert_ptr_nonnull(field);
	ck_assert_str_eq(field->name, "dataType");
	ck_assert_str_eq(value, "Customers");
	model_record_free(entry);
}
END_TEST

START_TEST(test_types_are_found_by_their_client_name)
{
	ck_assert_ptr_eq(
		model_type_find("journalEntries"), &model_journal_entries);
	ck_assert_ptr_eq(model_type_find("journals"), &model_journals);
	ck_assert_ptr_eq(
		model_type_find("chartOfAccounts"), &model_chart_of_accounts);
	ck_assert_ptr_null(model_type_find("journalentries"));
}
END_TEST

/* metadata.isDeleted is plain is_deleted; all others are the name's snake. */
static void snake(const char *name, char ret[static 128])
{
	size_t at = 0;

	if (strcmp(name, "metadata.isDeleted") == 0)
		name = "isDeleted";
	for (; *name != '\0' && at < 120; name++) {
		if (*name >= 'A' && *name <= 'Z') {
			ret[at++] = '_';
			ret[at++] = (char)(*name - 'A' + 'a');
		} else {
			ret[at++] = *name == '.' ? '_' : *name;
		}
	}
	ret[at] = '\0';
}

static void check_table(const struct model_table *table)
{
	const struct model_field *field;
	const char *dot;
	char column[128];
	size_t front;
	size_t i, j;

	for (i = 0; i < table->count; i++) {
		field = &table->fields[i];
		ck_assert_msg(field->name != NULL, "%s: field %zu has no row",
			table->table, i);
		ck_assert_ptr_nonnull(field->note);
		ck_assert(
			(field->kind == MODEL_ENUM) == (field->values != NULL));
		ck_assert((field->kind == MODEL_CHILDREN) ==
			  (field->child != NULL));
		if (field->child != NULL) {
			ck_assert_ptr_null(field->column);
			check_table(field->child);
		} else {
			snake(field->name, column);
			/* A type's key is called id in SQL, whatever it is
			 * called in its shape. */
			if (strcmp(field->column, "id") != 0 || i != 0)
				ck_assert_str_eq(field->column, column);
		}
		dot = strchr(field->name, '.');
		if (dot == NULL || i == 0)
			continue;
		/* Once left, the front of a dotted name doesn't return. */
		front = (size_t)(dot - field->name) + 1;
		if (strncmp(table->fields[i - 1].name, field->name, front) == 0)
			continue;
		for (j = 0; j < i; j++)
			ck_assert_msg(strncmp(table->fields[j].name,
					      field->name, front) != 0,
				"%s: %s stands apart", table->table,
				field->name);
	}
}

START_TEST(test_every_table_is_whole_and_its_columns_are_its_names)
{
	const struct model_type *const *type;

	for (type = model_types; *type != NULL; type++) {
		check_table(table_of(*type));
		ck_assert_str_eq((*type)->table.fields[0].column, "id");
		ck_assert_str_eq(
			(*type)->table.fields[(*type)->is_deleted].name,
			"metadata.isDeleted");
		ck_assert_str_eq(
			(*type)->table.fields[(*type)->modified_date].name,
			"modifiedDate");
	}
}
END_TEST

START_TEST(test_tables_have_exact_columns_and_key_paths)
{
	struct buf text;

	buf_init(&text, 16384);
	model_ddl_tables(&model_journal_entries, MODEL_SQLITE,
		", \"change_number\" INTEGER", &text);
	ck_assert_ptr_nonnull(strstr(text.data,
		"CREATE TABLE IF NOT EXISTS \"journal_entries_all\" (\"id\" "
		"TEXT, "));
	ck_assert_ptr_nonnull(strstr(text.data,
		"\"change_number\" INTEGER, PRIMARY KEY (\"id\")) WITHOUT "
		"ROWID;\n"));
	ck_assert_ptr_nonnull(strstr(text.data,
		"\"net_amount_e4\" INTEGER, \"net_amount\" REAL GENERATED "
		"ALWAYS AS (\"net_amount_e4\" / 10000.0) VIRTUAL"));
	ck_assert_ptr_nonnull(strstr(text.data,
		"CREATE TABLE IF NOT EXISTS "
		"\"journal_entry_line_record_refs_all\" (\"journal_entry_id\" "
		"TEXT NOT NULL, \"line_index\" INTEGER NOT NULL, "
		"\"record_ref_index\" INTEGER NOT NULL, \"id\" TEXT, "
		"\"data_type\" TEXT, PRIMARY KEY (\"journal_entry_id\", "
		"\"line_index\", \"record_ref_index\"), FOREIGN KEY "
		"(\"journal_entry_id\", \"line_index\") REFERENCES "
		"\"journal_entry_lines_all\" (\"journal_entry_id\", "
		"\"line_index\") ON DELETE CASCADE) WITHOUT ROWID;\n"));
	buf_reset(&text);
	model_ddl_views(&model_journal_entries, MODEL_SQLITE, "", &text);
	ck_assert_ptr_nonnull(strstr(text.data,
		"FROM \"journal_entries_all\" WHERE NOT \"is_deleted\";\n"));
	ck_assert_ptr_nonnull(strstr(text.data,
		"FROM \"journal_entry_lines_all\" WHERE \"journal_entry_id\" "
		"NOT IN (SELECT \"id\" FROM \"journal_entries_all\" WHERE "
		"\"is_deleted\");\n"));
	ck_assert(!buf_failed(&text));
	buf_free(&text);
}
END_TEST

START_TEST(test_a_rate_has_nine_decimals_in_json_and_sql)
{
	static const struct model_field fields[] = {
		{ .name = "id", .column = "id", .kind = MODEL_TEXT },
		{ .name = "currencyRate",
			.column = "currency_rate",
			.kind = MODEL_RATE },
		{ .name = "number", .column = "number", .kind = MODEL_INTEGER },
	};
	static const struct model_type type = {
		.name = "tests",
		.table = { .table = "tests",
			.row = "test",
			.fields = fields,
			.count = 3 },
	};
	struct model_record *record = model_record_new(&type);
	struct buf text;

	buf_init(&text, 4096);
	model_set_rate(record, 1, 1123456789);
	model_set_integer(record, 2, -7);
	model_json(record, &text);
	ck_assert_str_eq(
		text.data, "{\"currencyRate\":1.123456789,\"number\":-7}");
	buf_reset(&text);
	model_csv(&type, record, MODEL_RECORDS, &text);
	ck_assert_str_eq(text.data, ",1.123456789,-7\r\n");
	buf_reset(&text);
	ck_assert(model_column(&fields[1], MODEL_SQLITE, 0, &text, NULL));
	ck_assert_str_eq(text.data, "currency_rate_e9");
	buf_reset(&text);
	ck_assert(model_column(&fields[1], MODEL_SQLITE, 1, NULL, &text));
	ck_assert_str_eq(text.data,
		"\"currency_rate\" REAL GENERATED ALWAYS AS "
		"(\"currency_rate_e9\" / 1000000000.0) VIRTUAL");
	ck_assert(!model_column(&fields[1], MODEL_SQLITE, 2, NULL, &text));
	ck_assert(!model_column(&fields[2], MODEL_SQLITE, 1, NULL, &text));
	buf_free(&text);
	model_record_free(record);
}
END_TEST

/* ---- against the published shapes ------------------------------------ */

static cJSON *published(void)
{
	const char *top = getenv("top_srcdir");
	struct buf path;
	cJSON *shapes = NULL;
	char *bytes;
	size_t got;
	FILE *file;

	buf_init(&path, 4096);
	buf_printf(&path, "%s/../shared/reference/codat-types.json",
		top != NULL ? top : ".");
	file = fopen(path.data, "re");
	if (file == NULL) {
		printf("SKIPPED: names not compared, no %s\n", path.data);
		buf_free(&path);
		return NULL;
	}
	bytes = malloc(1 << 20);
	ck_assert_ptr_nonnull(bytes);
	got = fread(bytes, 1, 1 << 20, file);
	fclose(file);
	shapes = cJSON_ParseWithLength(bytes, got);
	ck_assert_msg(shapes != NULL, "%s is no JSON", path.data);
	free(bytes);
	buf_free(&path);
	return shapes;
}

static const char *word(const cJSON *item, const char *name)
{
	const char *text = cJSON_GetStringValue(
		cJSON_GetObjectItem(item, name));

	return text != NULL ? text : "";
}

static const cJSON *named(const cJSON *list, const char *name)
{
	const cJSON *item;

	cJSON_ArrayForEach(item, list)
	{
		if (strcmp(word(item, "name"), name) == 0)
			return item;
	}
	return NULL;
}

static const struct {
	const char *type;
	const char *ref; /* NULL: any */
} compatible[] = {
	[MODEL_TEXT] = { "string", NULL },
	[MODEL_ENUM] = { "string", NULL },
	[MODEL_MOMENT] = { "string", "DateTime" },
	[MODEL_MONEY] = { "number", NULL },
	[MODEL_RATE] = { "number", NULL },
	[MODEL_INTEGER] = { "integer", NULL },
	[MODEL_BOOLEAN] = { "boolean", NULL },
	[MODEL_CHILDREN] = { "array", NULL },
};

static void compare_enum(const struct model_field *field, const cJSON *theirs)
{
	const cJSON *words = cJSON_GetObjectItem(theirs, "enum");
	int count = 0;

	if (field->kind != MODEL_ENUM) {
		ck_assert_msg(
			!cJSON_IsArray(words), "%s is an enum", field->name);
		return;
	}
	for (; field->values[count] != NULL; count++)
		ck_assert_str_eq(field->values[count],
			cJSON_GetStringValue(cJSON_GetArrayItem(words, count)));
	ck_assert_int_eq(count, cJSON_GetArraySize(words));
}

/* Every field of ours is theirs; what we have is ticked off in `left`. */
static int compare(const struct model_table *table, const char *front,
	const cJSON *fields, cJSON *left)
{
	const struct model_field *field;
	const cJSON *theirs;
	char name[256];
	int count = 0;
	size_t i;

	for (i = 0; i < table->count; i++) {
		field = &table->fields[i];
		snprintf(name, sizeof(name), "%s%s", front, field->name);
		theirs = named(fields, name);
		if (field->hidden) {
			ck_assert_ptr_null(theirs);
			continue;
		}
		ck_assert_msg(theirs != NULL, "%s is not published", name);
		ck_assert_str_eq(
			word(theirs, "type"), compatible[field->kind].type);
		if (compatible[field->kind].ref != NULL)
			ck_assert_msg(
				strcmp(word(theirs, "ref"),
					compatible[field->kind].ref) == 0 ||
					strcmp(word(theirs, "ref"),
						"created") == 0,
				"%s is no moment", name);
		else
			ck_assert_str_ne(word(theirs, "ref"), "DateTime");
		ck_assert_msg(cJSON_IsTrue(cJSON_GetObjectItem(
				      theirs, "nullable")) == field->nullable,
			"%s: nullable differs", name);
		compare_enum(field, theirs);
		cJSON_DeleteItemFromObjectCaseSensitive(left, name);
		count++;
		if (field->child != NULL) {
			snprintf(name, sizeof(name), "%s%s[].", front,
				field->name);
			count += compare(field->child, name, fields, left);
		}
	}
	return count;
}

START_TEST(test_names_types_and_enums_are_those_published)
{
	cJSON *shapes = published();
	const struct model_type *const *type;
	const cJSON *fields;
	const cJSON *item;
	cJSON *left;
	int count;

	if (shapes == NULL)
		return;
	for (type = model_types; *type != NULL; type++) {
		fields = cJSON_GetObjectItem(
			named(cJSON_GetObjectItem(shapes, "dataTypes"),
				(*type)->name),
			"fields");
		ck_assert_ptr_nonnull(fields);
		left = cJSON_CreateObject();
		cJSON_ArrayForEach(item, fields)
		{
			if (strcmp(word(item, "type"), "object") != 0 ||
				cJSON_IsTrue(cJSON_GetObjectItem(
					item, "additionalProperties")))
				cJSON_AddTrueToObject(left, word(item, "name"));
		}
		count = compare(&(*type)->table, "", fields, left);
		printf("%s: %d fields as published, left out:", (*type)->name,
			count);
		cJSON_ArrayForEach(item, left) printf(" %s", item->string);
		printf("%s\n", cJSON_GetArraySize(left) == 0 ? " none" : "");
		cJSON_Delete(left);
	}
	cJSON_Delete(shapes);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("model");
	TCase *tests = tcase_create("model");
	SRunner *runner;
	int failed;

	tcase_add_test(tests,
		test_json_nests_dotted_names_and_leaves_absent_fields_out);
	tcase_add_test(tests, test_money_keeps_every_digit_up_to_the_largest);
	tcase_add_test(tests,
		test_csv_of_lines_has_the_record_s_id_and_folds_what_is_deeper);
	tcase_add_test(tests,
		test_csv_of_an_entry_without_lines_is_one_record_and_no_line);
	tcase_add_test(
		tests, test_csv_of_records_has_one_row_each_and_no_lines);
	tcase_add_test(
		tests, test_csv_of_records_folds_arrays_that_are_no_lines);
	tcase_add_test(tests, test_csv_quotes_line_ends_and_outer_blanks);
	tcase_add_test(
		tests, test_a_text_is_copied_and_may_be_set_again_and_unset);
	tcase_add_test(
		tests, test_ten_thousand_lines_keep_their_order_and_values);
	tcase_add_test(
		tests, test_a_record_beyond_its_ceiling_is_marked_and_survives);
	tcase_add_test(tests,
		test_a_word_that_is_not_in_an_enum_is_found_at_any_depth);
	tcase_add_test(tests, test_types_are_found_by_their_client_name);
	tcase_add_test(
		tests, test_every_table_is_whole_and_its_columns_are_its_names);
	tcase_add_test(tests, test_tables_have_exact_columns_and_key_paths);
	tcase_add_test(tests, test_a_rate_has_nine_decimals_in_json_and_sql);
	tcase_add_test(tests, test_names_types_and_enums_are_those_published);
	suite_add_tcase(suite, tests);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
