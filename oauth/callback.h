/*
 * What comes back from Exact's consent page through a browser. Nothing in it
 * is trusted.
 *
 *	https://me.example/oauth/callback?code=stampNL001.abc%21IAA&state=k3…
 *
 * callback_parse() reads it strictly; callback_page() makes the page that the
 * person sees.
 */
#ifndef OAUTH_CALLBACK_H
#define OAUTH_CALLBACK_H

#include <stddef.h>

#include "base/buf.h"
#include "base/error.h"

#define CALLBACK_MAX       8192 /* URL or query, as received */
#define CALLBACK_CODE_MAX  4096
#define CALLBACK_STATE_MAX 128
#define CALLBACK_WORDS_MAX 200

enum callback_verdict {
	CALLBACK_GOOD,          /* a code, and a state that we gave out */
	CALLBACK_TOO_LONG,      /* longer than a limit */
	CALLBACK_MALFORMED,     /* bad percent-encoding or characters */
	CALLBACK_DUPLICATE,     /* code, state or error more than once */
	CALLBACK_NO_STATE,      /* without a state */
	CALLBACK_NO_CODE,       /* with neither code nor error */
	CALLBACK_DENIED,        /* error=access_denied: the person said no */
	CALLBACK_ERROR,         /* another error= */
	CALLBACK_UNKNOWN_STATE, /* we never gave out that state */
	CALLBACK_REUSED,        /* that state was used before */
	CALLBACK_SECOND_CODE,   /* … and now comes with another code */
	CALLBACK_EXPIRED,       /* given out more than ten minutes ago */
	CALLBACK_OTHER_REGION,  /* given out for another region */
	CALLBACK_OTHER_COMPANY, /* given out for another company */
	CALLBACK_NOT_KEPT,      /* our disk or memory failed */
	CALLBACK_VERDICTS
};

struct callback {
	char code[CALLBACK_CODE_MAX + 1];   /* decoded once; a secret */
	char state[CALLBACK_STATE_MAX + 1]; /* as given */
	char words[CALLBACK_WORDS_MAX];     /* Exact's error text, printable */
};

/* Reads a redirected URL, or its query alone (with or without "?"); blanks
 * around it are ignored. For CALLBACK_GOOD, _DENIED and _ERROR, go on with
 * authorize_take(); the other verdicts are final. Wipe *ret. */
enum callback_verdict callback_parse(
	const char *text, size_t len, struct callback *ret) MUST_CHECK;

/* "reused", "other-region", … for logs and JSON. */
const char *callback_name(enum callback_verdict verdict);
/* One sentence for the person: what happened and what to do. */
const char *callback_text(enum callback_verdict verdict);

/* A whole HTML page that shows the verdict: no script, no secret, everything
 * escaped. `company` and `words` may be "". Returns the HTTP status for it: 200
 * or 400. */
int callback_page(enum callback_verdict verdict, const char *company,
	const char *words, struct buf *html);

#endif
