/*
 * Whatever passes json_check() must be walked by the slices and parsed by
 * cJSON to the same tree: as many elements, the same members, numbers with
 * the bytes they came with.
 *
 * sources: base/
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cjson/cJSON.h>

#include "base/json.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

static void must(bool holds)
{
	if (!holds)
		abort();
}

static void same(struct json_slice value, const struct cJSON *item);

static void same_text(struct json_slice value, const char *text)
{
	char *copy = malloc(value.len + 1);
	char *behind;

	must(copy != NULL);
	behind = json_copy(value, copy);
	must(strcmp(copy, text) == 0 && behind == copy + strlen(text) + 1);
	free(copy);
}

static void same_array(struct json_slice value, const struct cJSON *item)
{
	const struct cJSON *child = item->child;
	struct json_cursor cursor;
	struct json_slice element;

	must(cJSON_IsArray(item));
	json_elements(value, &cursor);
	while (json_next(&cursor, &element)) {
		must(child != NULL);
		same(element, child);
		child = child->next;
	}
	must(child == NULL);
}

static void same_object(struct json_slice value, const struct cJSON *item)
{
	const struct cJSON *child = item->child;
	struct json_cursor members;
	struct json_slice member, name;
	int tried = 0;

	must(cJSON_IsObject(item));
	json_members(value, &members);
	for (; json_next_member(&members, &name, &member);
		child = child->next) {
		must(child != NULL && json_means(name, child->string));
		same_text(name, child->string);
	}
	must(child == NULL);
	cJSON_ArrayForEach(child, item)
	{
		must(json_member(value, child->string, &member));
		/* Of several with one name only the first is the same; the
		 * walk costs the square of the members, so not too many. */
		if (cJSON_GetObjectItemCaseSensitive(item, child->string) ==
			child)
			same(member, child);
		if (++tried == 32)
			return;
	}
}

static void same(struct json_slice value, const struct cJSON *item)
{
	const char *text;

	switch (json_kind(value)) {
	case JSON_NULL:
		must(cJSON_IsNull(item));
		break;
	case JSON_FALSE:
		must(cJSON_IsFalse(item));
		break;
	case JSON_TRUE:
		must(cJSON_IsTrue(item));
		break;
	case JSON_NUMBER:
		text = json_number(item);
		must(text != NULL && json_string(item) == NULL &&
			strlen(text) == value.len &&
			memcmp(text, value.at, value.len) == 0);
		same_text(value, text);
		break;
	case JSON_STRING:
		text = json_string(item);
		must(text != NULL && json_number(item) == NULL &&
			strlen(text) <= value.len - 2);
		same_text(value, text);
		break;
	case JSON_ARRAY:
		same_array(value, item);
		break;
	case JSON_OBJECT:
		same_object(value, item);
		break;
	case JSON_NONE:
		abort();
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	struct json_slice top;
	struct cJSON *item;
	struct error err;

	if (json_check((const char *)bytes, len, &top, &err) != 0) {
		must(err.fail == FAIL_INPUT && err.text[0] != '\0');
		return 0;
	}
	must(json_parse(top, &item, NULL, &err) == 0);
	same(top, item);
	cJSON_Delete(item);
	return 0;
}
