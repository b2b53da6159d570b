#include "sandbox/form.h"

#include <string.h>

static int hex(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

static int decode(const char *from, size_t len, char *ret, size_t size)
{
	size_t used = 0;

	for (size_t i = 0; i < len; i++) {
		char c = from[i];

		if (c == '+') {
			c = ' ';
		} else if (c == '%') {
			int high = i + 2 < len ? hex(from[i + 1]) : -1;
			int low = i + 2 < len ? hex(from[i + 2]) : -1;

			if (high < 0 || low < 0)
				return -1;
			c = (char)(high * 16 + low);
			i += 2;
		}
		if (c == '\0' || used + 1 >= size)
			return -1;
		ret[used++] = c;
	}
	ret[used] = '\0';
	return 0;
}

void form_begin(struct form *form, const char *text, size_t len)
{
	form->at = text;
	form->end = text ? text + len : NULL;
}

int form_next(struct form *form, char *ret_name, size_t name_size,
	char *ret_value, size_t value_size)
{
	const char *start = form->at;
	const char *stop;
	const char *equals;

	ret_name[0] = '\0';
	ret_value[0] = '\0';
	if (!start || start == form->end)
		return 0;
	stop = memchr(start, '&', (size_t)(form->end - start));
	if (!stop)
		stop = form->end;
	form->at = stop == form->end ? stop : stop + 1;
	equals = memchr(start, '=', (size_t)(stop - start));
	if (!equals)
		equals = stop;
	if (decode(start, (size_t)(equals - start), ret_name, name_size) < 0) {
		ret_name[0] = '\0';
		return -1;
	}
	if (equals == stop)
		return 1;
	if (decode(equals + 1, (size_t)(stop - equals - 1), ret_value,
		    value_size) < 0) {
		ret_value[0] = '\0';
		return -1;
	}
	return 1;
}

int form_get(
	const char *text, size_t len, const char *name, char *ret, size_t size)
{
	struct form form;
	char found[64];
	int got;

	form_begin(&form, text, len);
	do {
		got = form_next(&form, found, sizeof(found), ret, size);
		if (got != 0 && strcmp(found, name) == 0)
			return got;
	} while (got != 0);
	ret[0] = '\0';
	return 0;
}
