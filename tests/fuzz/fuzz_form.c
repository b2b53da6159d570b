/*
 * The sandbox's form reader, and through it the token endpoint: no input may
 * crash it, be read past its end, or be decoded to more than it was.
 *
 * sources: sandbox/form.c base/
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "sandbox/form.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = malloc(size == 0 ? 1 : size); /* exact: ASan sees */
	struct form form;
	char name[16];
	char value[64];
	int got;

	if (text == NULL)
		return 0;
	memcpy(text, data, size);
	form_begin(&form, text, size);
	do {
		got = form_next(
			&form, name, sizeof(name), value, sizeof(value));
		if (strlen(name) >= sizeof(name) ||
			strlen(value) >= sizeof(value))
			abort();
	} while (got != 0);
	got = form_get(text, size, "code", value, sizeof(value));
	if (got <= 0 && value[0] != '\0')
		abort();
	free(text);
	return 0;
}
