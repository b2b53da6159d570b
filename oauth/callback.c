/* See callback.h. Each verdict is a row of a table. */
#include "oauth/callback.h"

#include <stdbool.h>
#include <string.h>

#include "base/crypto.h"

static const struct {
	const char *name;
	const char *text;
} verdicts[CALLBACK_VERDICTS] = {
	[CALLBACK_GOOD] = { "good",
		"Your consent has arrived; the connector is completing the "
		"sign-in." },
	[CALLBACK_TOO_LONG] = { "too-long",
		"The address that came back is longer than any address of "
		"Exact Online, and was refused." },
	[CALLBACK_MALFORMED] = { "malformed",
		"The address that came back is damaged. Copy it whole, from "
		"the browser's address bar, and start the sign-in again." },
	[CALLBACK_DUPLICATE] = { "duplicate",
		"The address that came back names its code, state or error "
		"twice, and was refused." },
	[CALLBACK_NO_STATE] = { "no-state",
		"The address that came back has no state, so the connector "
		"cannot know which sign-in it belongs to. Start the sign-in "
		"from the connector." },
	[CALLBACK_NO_CODE] = { "no-code",
		"The address that came back has neither a code nor an error. "
		"Start the sign-in again." },
	[CALLBACK_DENIED] = { "denied",
		"Consent was refused at Exact Online. Nothing was connected; "
		"you may start the sign-in again." },
	[CALLBACK_ERROR] = { "error",
		"Exact Online reported an error instead of consent. Nothing "
		"was connected." },
	[CALLBACK_UNKNOWN_STATE] = { "unknown-state",
		"This connector did not start this sign-in, or started it too "
		"long ago. Start the sign-in from the connector." },
	[CALLBACK_REUSED] = { "reused",
		"This sign-in was already completed or ended; each sign-in "
		"works once. If the company is not connected, start again." },
	[CALLBACK_SECOND_CODE] = { "second-code",
		"This sign-in has already delivered a code; a second, "
		"different code was refused. If you did not send it, somebody "
		"else may have the address." },
	[CALLBACK_EXPIRED] = { "expired",
		"This sign-in was started more than ten minutes ago. Start it "
		"again." },
	[CALLBACK_OTHER_REGION] = { "other-region",
		"This sign-in was started for another region." },
	[CALLBACK_OTHER_COMPANY] = { "other-company",
		"This sign-in was started for another company." },
	[CALLBACK_NOT_KEPT] = { "not-kept",
		"The connector could not record that this sign-in came back "
		"(see the connector's own output for the reason). Nothing was "
		"connected; start again." },
};

const char *callback_name(enum callback_verdict verdict)
{
	return (unsigned)verdict < CALLBACK_VERDICTS ? verdicts[verdict].name
						     : "";
}

const char *callback_text(enum callback_verdict verdict)
{
	return (unsigned)verdict < CALLBACK_VERDICTS ? verdicts[verdict].text
						     : "";
}

/* ---- parsing --------------------------------------------------------- */

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

struct piece {
	const char *at;
	size_t len;
};

/* Decodes percent-encoding once. A raw '+' stays as it is in codes and states,
 * which contain no blanks, because some server may not encode it; in words it
 * becomes a blank. */
static enum callback_verdict decode(
	struct piece piece, bool words, char *ret, size_t size)
{
	size_t n = 0;

	for (size_t i = 0; i < piece.len; i++) {
		int c = (unsigned char)piece.at[i];
		if (c == '%') {
			int high = i + 2 < piece.len
					   ? hex_digit(piece.at[i + 1])
					   : -1;
			int low = i + 2 < piece.len ? hex_digit(piece.at[i + 2])
						    : -1;
			if (high < 0 || low < 0)
				return CALLBACK_MALFORMED;
			c = high * 16 + low;
			i += 2;
		} else if (c == '+' && words) {
			c = ' ';
		}
		if (words && (c < 0x20 || c >= 0x7f))
			c = '?';
		if (!words && (c <= 0x20 || c >= 0x7f))
			return CALLBACK_MALFORMED;
		if (n + 1 >= size)
			return CALLBACK_TOO_LONG;
		ret[n++] = (char)c;
	}
	ret[n] = '\0';
	return CALLBACK_GOOD;
}

/* The text of the query: after "?", before "#", without blanks around it. */
static enum callback_verdict find_query(struct piece *text)
{
	while (text->len > 0 && strchr(" \t\r\n", text->at[0]) &&
		text->at[0] != '\0') {
		text->at++;
		text->len--;
	}
	while (text->len > 0 && text->at[text->len - 1] != '\0' &&
		strchr(" \t\r\n", text->at[text->len - 1]))
		text->len--;
	if (text->len > CALLBACK_MAX)
		return CALLBACK_TOO_LONG;
	for (size_t i = 0; i < text->len; i++)
		if ((unsigned char)text->at[i] <= 0x20 ||
			(unsigned char)text->at[i] >= 0x7f)
			return CALLBACK_MALFORMED;
	const char *hash = memchr(text->at, '#', text->len);
	if (hash)
		text->len = (size_t)(hash - text->at);
	const char *mark = memchr(text->at, '?', text->len);
	if (mark) {
		text->len -= (size_t)(mark + 1 - text->at);
		text->at = mark + 1;
	} else if (memchr(text->at, ':', text->len) ||
		   memchr(text->at, '/', text->len)) {
		/* A URL without a query. */
		if (!memchr(text->at, '=', text->len))
			text->len = 0;
	}
	return CALLBACK_GOOD;
}

enum part {
	PART_CODE,
	PART_STATE,
	PART_ERROR,
	PART_WORDS,
	PARTS
};

static enum callback_verdict split(
	struct piece query, struct piece part[static PARTS])
{
	static const char *const names[PARTS] = { "code", "state", "error",
		"error_description" };
	const char *at = query.at, *end = query.at + query.len;

	while (at < end) {
		const char *next = memchr(at, '&', (size_t)(end - at));
		if (!next)
			next = end;
		const char *equals = memchr(at, '=', (size_t)(next - at));
		const char *name_end = equals ? equals : next;
		for (int i = 0; i < PARTS; i++) {
			if ((size_t)(name_end - at) != strlen(names[i]) ||
				memcmp(at, names[i], strlen(names[i])) != 0)
				continue;
			if (part[i].at)
				return CALLBACK_DUPLICATE;
			part[i].at = equals ? equals + 1 : next;
			part[i].len = (size_t)(next - part[i].at);
		}
		at = next < end ? next + 1 : end;
	}
	return CALLBACK_GOOD;
}

static enum callback_verdict take_error(
	const struct piece part[static PARTS], struct callback *ret)
{
	char error[64];
	enum callback_verdict verdict = decode(
		part[PART_ERROR], true, error, sizeof(error));

	if (verdict == CALLBACK_MALFORMED)
		return verdict;
	if (verdict != CALLBACK_GOOD)
		memcpy(error, "error", sizeof("error"));
	struct piece words = part[PART_WORDS].len > 0 ? part[PART_WORDS]
						      : part[PART_ERROR];
	/* Words are for people. When they are too long or malformed, the
	 * error's name is shown instead. */
	if (decode(words, true, ret->words, sizeof(ret->words)) !=
		CALLBACK_GOOD)
		memcpy(ret->words, error, sizeof(error));
	return strcmp(error, "access_denied") == 0 ? CALLBACK_DENIED
						   : CALLBACK_ERROR;
}

static enum callback_verdict parse(struct piece text, struct callback *callback)
{
	struct piece part[PARTS] = { { NULL, 0 } };
	enum callback_verdict verdict = find_query(&text);

	if (verdict == CALLBACK_GOOD)
		verdict = split(text, part);
	if (verdict != CALLBACK_GOOD)
		return verdict;
	if (part[PART_CODE].len == 0 && part[PART_ERROR].len == 0)
		return CALLBACK_NO_CODE;
	if (part[PART_CODE].len > 0 && part[PART_ERROR].len > 0)
		return CALLBACK_MALFORMED;
	if (part[PART_STATE].len == 0)
		return CALLBACK_NO_STATE;
	verdict = decode(part[PART_STATE], false, callback->state,
		sizeof(callback->state));
	if (verdict != CALLBACK_GOOD)
		return verdict;
	if (part[PART_ERROR].len > 0)
		return take_error(part, callback);
	return decode(
		part[PART_CODE], false, callback->code, sizeof(callback->code));
}

enum callback_verdict callback_parse(
	const char *text, size_t len, struct callback *ret)
{
	memset(ret, 0, sizeof(*ret));
	enum callback_verdict verdict = parse((struct piece){ text, len }, ret);
	if (verdict != CALLBACK_GOOD && verdict != CALLBACK_DENIED &&
		verdict != CALLBACK_ERROR)
		crypto_wipe(ret, sizeof(*ret));
	return verdict;
}

/* ---- the page -------------------------------------------------------- */

static void put_escaped(struct buf *html, const char *text)
{
	for (const char *c = text; *c != '\0'; c++) {
		switch (*c) {
		case '&':
			buf_puts(html, "&amp;");
			break;
		case '<':
			buf_puts(html, "&lt;");
			break;
		case '>':
			buf_puts(html, "&gt;");
			break;
		case '"':
			buf_puts(html, "&quot;");
			break;
		case '\'':
			buf_puts(html, "&#39;");
			break;
		default:
			buf_putc(html, *c);
		}
	}
}

int callback_page(enum callback_verdict verdict, const char *company,
	const char *words, struct buf *html)
{
	bool good = verdict == CALLBACK_GOOD;
	const char *title = good ? "Consent received" : "Not connected";

	buf_puts(html, "<!DOCTYPE html>\n<html lang=\"en\"><head>"
		       "<meta charset=\"utf-8\">"
		       "<meta name=\"referrer\" content=\"no-referrer\">"
		       "<title>");
	buf_puts(html, title);
	buf_puts(html, "</title></head>\n<body><h1>");
	buf_puts(html, title);
	buf_puts(html, "</h1>\n<p>");
	put_escaped(html, callback_text(verdict));
	buf_puts(html, "</p>\n");
	if (company[0] != '\0') {
		buf_puts(html, "<p>Company: ");
		put_escaped(html, company);
		buf_puts(html, "</p>\n");
	}
	if (words[0] != '\0') {
		buf_puts(html, "<p>Exact Online says: ");
		put_escaped(html, words);
		buf_puts(html, "</p>\n");
	}
	buf_puts(html, "<p>You may close this window.</p></body></html>\n");
	return good ? 200 : 400;
}
