/*
 * Fields by name, for a condition and for an order. A name that is no field
 * gets an answer that helps: what it is instead (an object, an array, inside
 * an array), the nearest field, and all fields there are.
 */
#include "store/records_query_parts.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

/* The longest name that is worth comparing letter by letter. */
#define NAME_LEN_MAX 64
/* The list of fields ends here, so that the sentence fits an error. */
#define LIST_LEN_MAX 260

static bool usable(const struct model_field *field)
{
	return field->kind != MODEL_CHILDREN && !field->hidden;
}

static size_t smaller(size_t a, size_t b)
{
	return a < b ? a : b;
}

/* Levenshtein's distance, in any case. Both at most NAME_LEN_MAX. */
static size_t distance(const char *a, size_t a_len, const char *b, size_t b_len)
{
	size_t row[NAME_LEN_MAX + 1];

	for (size_t j = 0; j <= b_len; j++)
		row[j] = j;
	for (size_t i = 1; i <= a_len; i++) {
		size_t diagonal = row[0];

		row[0] = i;
		for (size_t j = 1; j <= b_len; j++) {
			size_t above = row[j];
			bool same = tolower((unsigned char)a[i - 1]) ==
				    tolower((unsigned char)b[j - 1]);

			row[j] = smaller(smaller(above, row[j - 1]) + 1,
				diagonal + !same);
			diagonal = above;
		}
	}
	return row[b_len];
}

/* The last of a dotted name's words: "isDeleted" of "metadata.isDeleted". */
static const char *last_word(const char *name)
{
	const char *dot = strrchr(name, '.');

	return dot ? dot + 1 : name;
}

/* The field that was meant, or NULL. A third of its letters may be wrong. */
static const struct model_field *nearest(
	const struct model_type *type, const char *name, size_t len)
{
	const struct model_field *best = NULL;
	size_t least = len / 3 + 1;

	if (len > NAME_LEN_MAX)
		return NULL;
	for (size_t i = 0; i < type->table.count; i++) {
		const struct model_field *field = &type->table.fields[i];
		const char *const ways[] = { field->name,
			last_word(field->name) };

		for (size_t way = 0; usable(field) && way < 2; way++) {
			size_t way_len = strlen(ways[way]);
			size_t far = way_len > NAME_LEN_MAX
					     ? least
					     : distance(name, len, ways[way],
						       way_len);

			if (far < least) {
				least = far;
				best = field;
			}
		}
	}
	return best;
}

/* Does `name` begin with `front`, followed by one of `ends` or its end? */
static bool begins(
	const char *name, size_t len, const char *front, const char *ends)
{
	size_t front_len = strlen(front);

	if (len < front_len || strncasecmp(name, front, front_len) != 0)
		return false;
	return len == front_len || strchr(ends, name[front_len]);
}

static const struct model_field *array_of(
	const struct model_type *type, const char *name, size_t len)
{
	for (size_t i = 0; i < type->table.count; i++) {
		const struct model_field *field = &type->table.fields[i];

		if (field->kind == MODEL_CHILDREN &&
			begins(name, len, field->name, ".["))
			return field;
	}
	return NULL;
}

/* Is it the front of dotted names, as customerRef of customerRef.id? */
static bool is_object(
	const struct model_type *type, const char *name, size_t len)
{
	for (size_t i = 0; i < type->table.count; i++) {
		const struct model_field *field = &type->table.fields[i];

		if (!field->hidden &&
			strncasecmp(field->name, name, len) == 0 &&
			field->name[len] == '.')
			return true;
	}
	return false;
}

/* "id, invoiceNumber, … and 3 more"; of an object, its fields alone. */
static void put_names(const struct model_type *type, const char *object,
	size_t len, struct buf *ret)
{
	size_t left_over = 0;
	bool first = true;

	for (size_t i = 0; i < type->table.count; i++) {
		const struct model_field *field = &type->table.fields[i];

		if (!usable(field) ||
			(object &&
				(strncasecmp(field->name, object, len) != 0 ||
					field->name[len] != '.')))
			continue;
		if (ret->len + strlen(field->name) > LIST_LEN_MAX) {
			left_over++;
			continue;
		}
		buf_printf(ret, "%s%s", first ? "" : ", ", field->name);
		first = false;
	}
	if (left_over > 0)
		buf_printf(ret, " and %zu more", left_over);
}

static int refuse(const struct model_type *type, const char *name, size_t len,
	struct error *err)
{
	const struct model_field *array = array_of(type, name, len);
	bool object = is_object(type, name, len);
	const struct model_field *meant = nearest(type, name, len);
	int shown = (int)smaller(len, NAME_LEN_MAX);
	struct buf names;

	buf_init(&names, 4096);
	if (array) {
		put_names(type, NULL, 0, &names);
		error_set(err, FAIL_USAGE,
			"%s is an array, and nothing inside an array can be "
			"named here; the fields of %s are %s",
			array->name, type->name, names.data);
	} else if (object) {
		put_names(type, name, len, &names);
		error_set(err, FAIL_USAGE,
			"%.*s is an object; name one of its fields: %s", shown,
			name, names.data);
	} else {
		put_names(type, NULL, 0, &names);
		error_set(err, FAIL_USAGE,
			"%s has no field '%.*s'%s%s%s; its fields are %s",
			type->name, shown, name, meant ? "; did you mean " : "",
			meant ? meant->name : "", meant ? "?" : "", names.data);
	}
	buf_free(&names);
	return FAIL_USAGE;
}

int query_field_find(const struct model_type *type, const char *name,
	size_t len, int *ret, struct error *err)
{
	for (size_t i = 0; i < type->table.count; i++) {
		const struct model_field *field = &type->table.fields[i];

		if (usable(field) && strlen(field->name) == len &&
			strncasecmp(field->name, name, len) == 0) {
			*ret = (int)i;
			return 0;
		}
	}
	return refuse(type, name, len, err);
}

bool query_field_is_id(const struct model_type *type, int field)
{
	const char *word = last_word(type->table.fields[field].name);
	size_t len = strlen(word);

	return field == 0 || strcmp(word, "id") == 0 ||
	       (len > 2 && strcmp(word + len - 2, "Id") == 0);
}
