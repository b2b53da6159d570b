/*
 * name=value&… as in a query string or a form body, decoded strictly. A
 * malformed escape, a NUL, or text that is too long is an error, so that a
 * client's encoding mistakes show.
 */
#ifndef SANDBOX_FORM_H
#define SANDBOX_FORM_H

#include <stddef.h>

struct form {
	const char *at; /* borrowed */
	const char *end;
};

void form_begin(struct form *form, const char *text, size_t len);
/* 1: a pair; 0: the end; -1: the pair is malformed or too long, and was
 * skipped. */
int form_next(struct form *form, char *ret_name, size_t name_size,
	char *ret_value, size_t value_size);
/* The first pair with this name. 1: found; 0: absent; -1: as above. `ret` is ""
 * unless found. */
int form_get(
	const char *text, size_t len, const char *name, char *ret, size_t size);

#endif
