/*
 * Sending a person to Exact's consent page, and recognising the person who
 * comes back.
 *
 * The state is 256 random bits, usable once, valid for ten minutes, bound to
 * region and company. Only its SHA-256 is kept, as the name of a file:
 *
 *	logins/pending/HASH          given out
 *	logins/pending/HASH.used     came back; with the code's SHA-256
 *
 * So `login ID --url` and a later `login ID --callback` may be two processes,
 * and several sign-ins can be pending at once. When two processes bring the
 * same state, one wins, because using a state is a rename. Expired states are
 * reported as expired for a day, then removed.
 */
#ifndef OAUTH_AUTHORIZE_H
#define OAUTH_AUTHORIZE_H

#include "base/buf.h"
#include "base/clock.h"
#include "base/error.h"
#include "oauth/callback.h"
#include "oauth/credentials.h"

#define AUTHORIZE_LIFE_MS     600000
#define AUTHORIZE_CODE_MS     180000 /* how long a code lives at Exact */
#define AUTHORIZE_PENDING_MAX 1000
#define AUTHORIZE_COMPANY_MAX 64

struct authorize_found {
	char region[16];
	char company[AUTHORIZE_COMPANY_MAX + 1];
};

/* Records a new state in `dir` (made if absent) and appends the URL to send the
 * person to. redirect_uri is form-encoded once, slashes too ("%3A%2F%2F"): a
 * server that decodes its query by the standard gets exactly the registered
 * URI. FAIL_STORE; FAIL_WAIT: too many sign-ins are pending. */
int authorize_begin(const char *dir, const struct credentials *credentials,
	const char *company, struct instant now, const char *boot_id,
	struct buf *ret_url, struct error *err) MUST_CHECK;

/*
 * The person came back with callback_parse()'s `verdict`. Uses up the state
 * (for a denial, too) and judges it: CALLBACK_GOOD means that the code may be
 * exchanged, now and once. `region` and `company` are those of the caller;
 * NULL accepts whatever the state was given out for. A mismatch leaves the
 * state unused. ret_found is set when we gave out the state. FAIL_STORE.
 */
int authorize_take(const char *dir, enum callback_verdict verdict,
	const struct callback *callback, const char *region,
	const char *company, struct instant now, const char *boot_id,
	enum callback_verdict *ret, struct authorize_found *ret_found,
	struct error *err) MUST_CHECK;

#endif
