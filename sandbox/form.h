/*
 * name=value&… as in a query string or a form body, decoded strictly: what
 * is not a well-formed escape, holds a NUL, or is too long is an error, so
 * that a client's encoding mistakes show.
 */
#ifndef SANDBOX_FORM_H
#define SANDBOX_FORM_H

#include <stddef.h>

struct form {
	const char *at; /* borrowed */
	const char *end;
};

void form_begin(struct form *form, const char *text, size_t len);
/* 1: a pair; 0: the end; -1: malformed or too long (it has been passed). */
int form_next(struct form *form, char *name, size_t name_size, char *value,
	size_t value_size);
/* The first pair with this name. 1: found; 0: absent; -1: as above. `out` is
 * "" unless found. */
int form_get(const char *text, size_t len, const char *name, char *out,
	size_t out_size);

#endif
