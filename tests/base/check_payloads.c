/*
 * The thirteen recorded replies of exact-payloads: rows, fields, and values
 * byte for byte. Expected values were read off the files by another program
 * (Python's json, told to keep numbers as text).
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cjson/cJSON.h>

#include "base/file.h"
#include "base/json.h"
#include "tests/base/suites.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))
#define FILE_MAX     100000

static const struct payload {
	const char *name;
	const char *where; /* of the rows, or of the one entity */
	int rows;          /* -1: one entity */
	int fields;        /* of the first row */
} payloads[] = {
	{ "APIResponse_Json_Array.txt", "d/results", 2, 122 },
	{ "APIResponse_Json_Array_WithEmptyLinkedEntities.txt", "d/results", 1,
		1 },
	{ "APIResponse_Json_Object.txt", "d", -1, 122 },
	{ "Expected_Json_Object_ComplexEntity_WithEmptyLinkedEntities.txt", "",
		-1, 7 },
	{ "Expected_Json_Object_ComplexEntity_WithLinkedEntity.txt", "", -1,
		7 },
	{ "Response_Json_Array_Account.txt", "", 2, 121 },
	{ "Response_Json_Array_Account_WithLinkedEntities.txt", "d/results", 2,
		122 },
	{ "Response_Json_Array_GLAccount.txt", "d/results", 2, 39 },
	{ "Response_Json_Array_SalesInvoice_WithLinkedEntities.txt",
		"d/results", 2, 44 },
	{ "Response_Json_Object_Account.txt", "", -1, 121 },
	{ "Response_Json_Object_GLAccount.txt", "d", -1, 39 },
	{ "Response_Json_Object_SalesInvoice.txt", "d", -1, 44 },
};

static const struct {
	const char *name;
	const char *where;
	const char *text; /* as received */
} values[] = {
	{ "APIResponse_Json_Array.txt", "d/results/0/Code",
		"\"                 8\"" },
	{ "APIResponse_Json_Array.txt", "d/results/0/Country", "\"NL \"" },
	{ "APIResponse_Json_Array.txt", "d/results/0/Division", "499156" },
	{ "APIResponse_Json_Array.txt", "d/results/0/Created",
		"\"/Date(1382667872203)/\"" },
	{ "APIResponse_Json_Array.txt", "d/results/0/Blocked", "false" },
	{ "APIResponse_Json_Array.txt", "d/results/0/AddressLine2", "null" },
	{ "APIResponse_Json_Array_WithEmptyLinkedEntities.txt",
		"d/results/0/BankAccounts/results", "[]" },
	{ "APIResponse_Json_Object.txt", "d/SearchCode", "\"ALBEX    \"" },
	{ "APIResponse_Json_Object.txt", "d/__metadata/type",
		"\"Exact.Web.Api.Models.Account\"" },
	{ "Expected_Json_Object_ComplexEntity_WithEmptyLinkedEntities.txt",
		"Lines", "null" },
	{ "Expected_Json_Object_ComplexEntity_WithLinkedEntity.txt",
		"Lines/0/Item", "\"4f68481a-7a2c-4fbc-a3a0-0c494df3fa0d\"" },
	{ "Response_Json_Array_Account.txt", "0/Code",
		"\"                 8\"" },
	{ "Response_Json_Array_Account_WithLinkedEntities.txt",
		"d/results/0/Code", "\"      112211112222\"" },
	{ "Response_Json_Array_Account_WithLinkedEntities.txt",
		"d/results/0/Modified", "\"/Date(1387812601887)/\"" },
	{ "Response_Json_Array_GLAccount.txt", "d/results/0/Code", "\"4406\"" },
	{ "Response_Json_Array_GLAccount.txt", "d/results/0/Type", "120" },
	{ "Response_Json_Array_GLAccount.txt", "d/__next",
		"\"https://start.exactonline.nl/api/v1/499156/financial/"
		"GLAccounts?$skiptoken=guid'39849964-a616-4847-8907-"
		"ddfad99ff4aa'\"" },
	{ "Response_Json_Array_SalesInvoice_WithLinkedEntities.txt",
		"d/results/1/AmountDC", "6352.5" },
	{ "Response_Json_Array_SalesInvoice_WithLinkedEntities.txt",
		"d/results/1/VATAmountDC", "1102.5" },
	{ "Response_Json_Array_SalesInvoice_WithLinkedEntities.txt",
		"d/results/1/SalesInvoiceLines/results/0/VATPercentage",
		"0.21" },
	{ "Response_Json_Array_SalesInvoice_WithLinkedEntities.txt",
		"d/results/0/InvoiceToName",
		"\"Test ABC Producten & Diensten B.V.\"" },
	{ "Response_Json_Object_Account.txt", "City", "\"Houten\"" },
	{ "Response_Json_Object_GLAccount.txt", "d/SearchCode",
		"\"RENTE    \"" },
	{ "Response_Json_Object_SalesInvoice.txt", "d/AmountDC", "9075" },
	{ "Response_Json_Object_SalesInvoice.txt",
		"d/SalesInvoiceLines/results/0/UnitPrice", "25" },
};

static bool read_payload(const char *name, struct buf *ret)
{
	struct error err = { .text = "" };
	char *path, *relative;

	ck_assert_int_gt(asprintf(&relative, "exact-payloads/%s", name), 0);
	path = sample_path(relative);
	free(relative);
	if (!path)
		return false;
	ck_assert_msg(
		file_read(path, FILE_MAX, ret, &err) == 0, "%s", err.text);
	free(path);
	ck_assert_mem_eq(ret->data, "\xEF\xBB\xBF", 3);
	return true;
}

static struct json_slice top_of(const struct buf *buf)
{
	struct json_slice top = { NULL, 0 };
	struct error err = { .text = "" };

	ck_assert_msg(json_check(buf->data, buf->len, &top, &err) == 0, "%s",
		err.text);
	return top;
}

/* Follows "d/results/0/Code". */
static struct json_slice find(struct json_slice at, const char *where)
{
	while (*where != '\0') {
		size_t len = strcspn(where, "/");
		struct json_cursor cursor;
		char step[64];

		ck_assert_uint_lt(len, sizeof(step));
		memcpy(step, where, len);
		step[len] = '\0';
		if (json_kind(at) == JSON_ARRAY) {
			long skip = strtol(step, NULL, 10);

			json_elements(at, &cursor);
			for (; skip >= 0; skip--)
				ck_assert(json_next(&cursor, &at));
		} else {
			ck_assert_msg(
				json_member(at, step, &at), "no %s", where);
		}
		where += len + (where[len] == '/');
	}
	return at;
}

START_TEST(test_each_reply_has_the_rows_and_fields_it_should)
{
	const struct payload *payload = &payloads[_i];
	struct json_slice found, row;
	struct json_cursor cursor;
	struct cJSON *item;
	struct error err;
	struct buf buf;
	int rows = 0;

	if (!read_payload(payload->name, &buf))
		return;
	found = row = find(top_of(&buf), payload->where);
	if (payload->rows >= 0) {
		json_elements(found, &cursor);
		while (json_next(&cursor, &row)) {
			ck_assert_int_eq(json_kind(row), JSON_OBJECT);
			rows++;
		}
		ck_assert_int_eq(rows, payload->rows);
		json_elements(found, &cursor);
		ck_assert(json_next(&cursor, &row));
	}
	ck_assert_int_eq(json_parse(row, &item, NULL, &err), 0);
	ck_assert_int_eq(cJSON_GetArraySize(item), payload->fields);
	cJSON_Delete(item);
	buf_free(&buf);
}
END_TEST

START_TEST(test_each_value_is_byte_for_byte_as_received)
{
	const char *text = values[_i].text;
	struct json_slice found;
	struct cJSON *item;
	struct error err;
	struct buf buf;

	if (!read_payload(values[_i].name, &buf))
		return;
	found = find(top_of(&buf), values[_i].where);
	ck_assert_uint_eq(found.len, strlen(text));
	ck_assert_mem_eq(found.at, text, found.len);
	ck_assert_int_eq(json_parse(found, &item, NULL, &err), 0);
	if (json_kind(found) == JSON_NUMBER)
		ck_assert_str_eq(json_number(item), text);
	if (json_kind(found) == JSON_STRING) {
		ck_assert_uint_eq(strlen(json_string(item)), found.len - 2);
		ck_assert_mem_eq(json_string(item), text + 1, found.len - 2);
	}
	cJSON_Delete(item);
	buf_free(&buf);
}
END_TEST

/* {"" { ... : a recorded reply that is no JSON; byte 9 is the brace where the
 * colon should be. */
START_TEST(test_the_reply_that_is_no_json_is_refused_where_it_breaks)
{
	struct json_slice top;
	struct error err;
	struct buf buf;

	if (!read_payload("APIResponse_Json_Object_WithoutD.txt", &buf))
		return;
	ck_assert_int_eq(json_check(buf.data, buf.len, &top, &err), FAIL_INPUT);
	ck_assert_str_eq(err.text,
		"invalid JSON at byte 9: no colon after a member name");
	buf_free(&buf);
}
END_TEST

Suite *payloads_suite(void)
{
	Suite *suite = suite_create("payloads");
	TCase *tcase = tcase_create("payloads");

	tcase_add_loop_test(tcase,
		test_each_reply_has_the_rows_and_fields_it_should, 0,
		(int)COUNT(payloads));
	tcase_add_loop_test(tcase, test_each_value_is_byte_for_byte_as_received,
		0, (int)COUNT(values));
	tcase_add_test(tcase,
		test_the_reply_that_is_no_json_is_refused_where_it_breaks);
	suite_add_tcase(suite, tcase);
	return suite;
}
