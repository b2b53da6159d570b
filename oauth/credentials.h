/*
 * An app's keys at a region, as the configuration gives them.
 */
#ifndef OAUTH_CREDENTIALS_H
#define OAUTH_CREDENTIALS_H

#include "base/error.h"

struct credentials {
	const char *region;        /* "nl"; borrowed, like all of these */
	const char *base_url;      /* "https://start.exactonline.nl" */
	const char *client_id;     /* a GUID at Exact; any text is accepted */
	const char *client_secret; /* never log it */
	const char *redirect_uri;  /* exactly as registered */
};

#define CREDENTIALS_KEY_MAX 255

/* FAIL_CONFIG names the region, the key or address, its problem, and where to
 * find the right one, but never the secret. Blanks and control characters in
 * keys are refused: they often come along when a key is copied from a web
 * page. */
int credentials_check(
	const struct credentials *credentials, struct error *err) MUST_CHECK;

#endif
