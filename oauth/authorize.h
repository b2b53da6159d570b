/*
 * Sending a person to Exact's consent page, and knowing them when they come
 * back.
 *
 * The state is 256 random bits, single use, good for ten minutes, bound to
 * region and company. Only its SHA-256 is kept, as a file's name:
 *
 *	logins/pending/HASH          given out
 *	logins/pending/HASH.used     came back; with the code's SHA-256
 *
 * so that `login ID --url` and a later `login ID --callback` in another
 * process work, several can be pending at once, and of two who bring the
 * same state one wins: using it is a rename. Expired ones are told as such
 * for a day, then removed.
 */
#ifndef OAUTH_AUTHORIZE_H
#define OAUTH_AUTHORIZE_H

#include "base/buf.h"
#include "base/clock.h"
#include "base/error.h"
#include "oauth/callback.h"
#include "oauth/credentials.h"

#define AUTHORIZE_LIFE_MS     600000
#define AUTHORIZE_CODE_MS     180000 /* a code's life at Exact */
#define AUTHORIZE_PENDING_MAX 1000
#define AUTHORIZE_COMPANY_MAX 64

struct authorize_found {
	char region[16];
	char company[AUTHORIZE_COMPANY_MAX + 1];
};

/* Note a new state in `dir` (made if absent) and append the URL to send the
 * person to. redirect_uri is form-encoded once, slashes too ("%3A%2F%2F"):
 * a server that decodes its query as the standard says gets back exactly
 * what is registered. FAIL_STORE; FAIL_WAIT: too many are pending. */
int authorize_begin(const char *dir, const struct credentials *credentials,
	const char *company, struct instant now, const char *boot_id,
	struct buf *ret_url, struct error *err) MUST_CHECK;

/*
 * The person came back: `verdict` is callback_parse()'s. Uses the state up
 * (for a denial too) and says what to make of it: CALLBACK_GOOD means that
 * the code may be exchanged, now and once. `region` and `company` are who
 * asks, NULL to take what the state was given out for; a mismatch leaves the
 * state unused. ret_found is set when the state was one of ours. FAIL_STORE.
 */
int authorize_take(const char *dir, enum callback_verdict verdict,
	const struct callback *callback, const char *region,
	const char *company, struct instant now, const char *boot_id,
	enum callback_verdict *ret, struct authorize_found *ret_found,
	struct error *err) MUST_CHECK;

#endif
