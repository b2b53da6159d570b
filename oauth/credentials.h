/*
 * An app's keys at a region, as the configuration gives them.
 */
#ifndef OAUTH_CREDENTIALS_H
#define OAUTH_CREDENTIALS_H

#include "base/error.h"

struct credentials {
	const char *region;        /* "nl"; borrowed, like all of these */
	const char *base_url;      /* "https://start.exactonline.nl" */
	const char *client_id;     /* a GUID at Exact, not assumed here */
	const char *client_secret; /* never log it */
	const char *redirect_uri;  /* exactly as registered */
};

#define CREDENTIALS_KEY_MAX 255

/* FAIL_CONFIG names the region, what is wrong with which of them, and where
 * to look; never the secret itself. Blanks and control characters in the
 * keys are refused: copied from a web page they are the usual mistake. */
int credentials_check(
	const struct credentials *credentials, struct error *err) MUST_CHECK;

#endif
