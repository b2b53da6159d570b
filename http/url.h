/*
 * The origin of a URL, for client.c; other files use http_url_check() and
 * http_url_same_origin() of client.h.
 */
#ifndef HTTP_URL_H
#define HTTP_URL_H

#include <stdbool.h>

#include "base/error.h"

struct url_origin {
	char scheme[8]; /* "https" or "http" */
	char host[256]; /* lower case, without brackets */
	unsigned port;  /* the scheme's default when the URL names none */
	bool loopback;  /* the host is this machine */
};

/* 0, FAIL_CONFIG, or FAIL_STOP without memory. */
int url_origin_of(
	const char *url, struct url_origin *ret, struct error *err) MUST_CHECK;
/* The same, and FAIL_CONFIG for plain http to anything but loopback. */
int url_origin_sendable(
	const char *url, struct url_origin *ret, struct error *err) MUST_CHECK;

#endif
