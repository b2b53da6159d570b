/*
 * What a browser brings: no input may crash the reader, leave a control
 * character in what it gives out, or a secret behind when it refuses.
 *
 * sources: oauth/callback.c base/
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "oauth/callback.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must_be_printable(const char *text, size_t room)
{
	size_t len = strnlen(text, room);

	if (len == room)
		abort();
	for (size_t i = 0; i < len; i++)
		if (text[i] < 0x20 || text[i] >= 0x7f)
			abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct callback callback;
	char *text = malloc(size == 0 ? 1 : size); /* exact: ASan sees */
	struct buf html;

	if (text == NULL)
		return 0;
	memcpy(text, data, size);
	enum callback_verdict verdict = callback_parse(text, size, &callback);
	must_be_printable(callback.code, sizeof(callback.code));
	must_be_printable(callback.state, sizeof(callback.state));
	must_be_printable(callback.words, sizeof(callback.words));
	if ((verdict == CALLBACK_GOOD) != (callback.code[0] != '\0'))
		abort();
	buf_init(&html, 65536);
	(void)callback_page(verdict, "", callback.words, &html);
	if (buf_failed(&html))
		abort();
	buf_free(&html);
	free(text);
	return 0;
}
