/*
 * Any bytes end in finitely many lines, whose fields are trimmed UTF-8
 * without the separator; an amount that is taken has no point and no blank.
 *
 * sources: base/
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/charset.h"
#include "base/fec.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

static void must(int holds)
{
	if (!holds)
		abort();
}

static void look_at(const char *field)
{
	size_t len = strlen(field);
	int64_t number;

	must(charset_is_utf8(field, len));
	must(len == 0 || (field[0] != ' ' && field[len - 1] != ' '));
	must(strpbrk(field, "\r\n") == NULL);
	if (fec_amount(field, &number) == 0)
		must(strspn(field, "+-,0123456789") == len);
	if (fec_date(field, &number) == 0)
		must(len == 8 && number >= -719162 && number <= 2932896);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	struct fec_line line;
	struct fec *fec;
	struct error err;
	size_t lines = 1;
	int got, i;

	if (fec_open(&fec, (const char *)bytes, len, &err) != 0)
		return 0;
	for (;;) {
		got = fec_next(fec, &line, &err);
		if (got == 0)
			break;
		must(++lines <= len);
		if (got < 0)
			continue;
		must(line.number == lines);
		for (i = 0; i < FEC_COLUMNS; i++)
			look_at(line.field[i]);
	}
	fec_close(fec);
	return 0;
}
