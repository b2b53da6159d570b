/*
 * URLs, as libcurl's own parser reads them, so that a URL is judged by the
 * host that libcurl will connect to. A URL must also be plain, so that a
 * person who reads it sees where it goes:
 *
 *	https://start.exactonline.nl/api?x=1     start.exactonline.nl, 443
 *	http://[::1]:8080/                       ::1, 8080
 *	http://127.0.0.1@evil.nl/                refused: a user name
 *	http://127.0.0.1.evil.nl/                refused: not loopback
 *	http://2130706433/  http://127.1/        refused: not written plainly
 *	http://%31%32%37.0.0.1/  http:///x/      refused: not written plainly
 */
#include "http/url.h"

#include <arpa/inet.h>
#include <curl/curl.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "http/client.h"

static bool host_is_loopback(const char *host)
{
	struct in6_addr six;
	struct in_addr four;

	if (strcmp(host, "localhost") == 0)
		return true;
	if (inet_pton(AF_INET, host, &four) == 1)
		return ntohl(four.s_addr) >> 24 == 127;
	if (inet_pton(AF_INET6, host, &six) == 1)
		return IN6_IS_ADDR_LOOPBACK(&six);
	return false;
}

static int url_characters(const char *url, struct error *err)
{
	size_t i;

	for (i = 0; url[i] != '\0'; i++) {
		unsigned char c = (unsigned char)url[i];

		if (i >= HTTP_URL_MAX)
			return error_set(err, FAIL_CONFIG,
				"a URL is longer than %d characters",
				HTTP_URL_MAX);
		if (c <= ' ' || c >= 0x7f || c == '\\')
			return error_set(err, FAIL_CONFIG,
				"a URL has a blank, a backslash, a control or "
				"a non-ASCII character at position %zu; "
				"percent-encode it",
				i + 1);
	}
	return 0;
}

static CURLUcode url_part(CURLU *parsed, CURLUPart part, unsigned flags,
	char *ret_text, size_t size)
{
	CURLUcode code;
	char *text = NULL;

	code = curl_url_get(parsed, part, &text, flags);
	if (code == CURLUE_OK) {
		if (strlen(text) < size)
			memcpy(ret_text, text, strlen(text) + 1);
		else
			code = CURLUE_BAD_HOSTNAME;
		curl_free(text);
	}
	return code;
}

static void lower_case(char *text)
{
	for (; *text != '\0'; text++)
		if (*text >= 'A' && *text <= 'Z')
			*text = (char)(*text - 'A' + 'a');
}

/* libcurl undoes %-escapes and rewrites 2130706433 and 127.1 as 127.0.0.1. A
 * person must be able to read where a request goes, so the host must be written
 * in the URL exactly as libcurl understands it. */
static bool host_is_plain(const char *url, const char *scheme, const char *host)
{
	const char *at = url + strlen(scheme);
	size_t len = strlen(host);
	char after;

	if (strncmp(at, "://", 3) != 0 || strncasecmp(at + 3, host, len) != 0)
		return false;
	after = at[3 + len];
	return after == '\0' || after == ':' || after == '/' || after == '?' ||
	       after == '#';
}

static int origin_take(CURLU *parsed, const char *url, struct url_origin *ret,
	struct error *err)
{
	struct url_origin origin = { 0 };
	char host[sizeof(origin.host)], port[16], zone[64];
	CURLUcode code;
	size_t len;

	code = curl_url_set(parsed, CURLUPART_URL, url,
		CURLU_DISALLOW_USER | CURLU_PATH_AS_IS |
			CURLU_NON_SUPPORT_SCHEME);
	if (code == CURLUE_USER_NOT_ALLOWED)
		return error_set(err, FAIL_CONFIG,
			"a URL holds a user name (text before an @); leave it "
			"out");
	if (code != CURLUE_OK)
		return error_set(err, FAIL_CONFIG,
			"a URL can't be understood (%s); write "
			"https://HOST[:PORT]/PATH",
			curl_url_strerror(code));
	code = url_part(parsed, CURLUPART_SCHEME, 0, origin.scheme,
		sizeof(origin.scheme));
	if (code == CURLUE_OK)
		lower_case(origin.scheme);
	if (code != CURLUE_OK || (strcmp(origin.scheme, "https") != 0 &&
					 strcmp(origin.scheme, "http") != 0))
		return error_set(
			err, FAIL_CONFIG, "a URL must begin with https://");
	code = url_part(parsed, CURLUPART_HOST, 0, host, sizeof(host));
	if (code != CURLUE_OK || host[0] == '\0' ||
		!host_is_plain(url, origin.scheme, host) ||
		url_part(parsed, CURLUPART_ZONEID, 0, zone, sizeof(zone)) !=
			CURLUE_NO_ZONEID)
		return error_set(err, FAIL_CONFIG,
			"a URL's host is not written plainly; write a name or "
			"an address such as 127.0.0.1 or [::1]");
	lower_case(host);
	if (url_part(parsed, CURLUPART_PORT, CURLU_DEFAULT_PORT, port,
		    sizeof(port)) != CURLUE_OK)
		return error_set(err, FAIL_CONFIG, "a URL's port is missing");
	origin.port = (unsigned)strtoul(port, NULL, 10);
	if (origin.port == 0 || origin.port > 65535)
		return error_set(err, FAIL_CONFIG,
			"a URL's port is not between 1 and 65535");
	len = strlen(host);
	if (host[0] == '[' && host[len - 1] == ']')
		memcpy(origin.host, host + 1, len - 2);
	else
		memcpy(origin.host, host, len);
	origin.loopback = host_is_loopback(origin.host);
	*ret = origin;
	return 0;
}

int url_origin_of(const char *url, struct url_origin *ret, struct error *err)
{
	CURLU *parsed;
	int fail;

	fail = url_characters(url, err);
	if (fail)
		return fail;
	parsed = curl_url();
	if (!parsed)
		return error_set(
			err, FAIL_STOP, "can't read a URL: out of memory");
	fail = origin_take(parsed, url, ret, err);
	curl_url_cleanup(parsed);
	return fail;
}

int url_origin_sendable(
	const char *url, struct url_origin *ret, struct error *err)
{
	struct url_origin origin = { 0 };
	int fail;

	fail = url_origin_of(url, &origin, err);
	if (fail)
		return fail;
	if (strcmp(origin.scheme, "http") == 0 && !origin.loopback)
		return error_set(err, FAIL_CONFIG,
			"plain http goes to this machine only, not to %s; use "
			"https",
			origin.host);
	*ret = origin;
	return 0;
}

int http_url_check(
	const char *url, char ret_host[static 256], struct error *err)
{
	struct url_origin origin = { 0 };
	int fail;

	fail = url_origin_sendable(url, &origin, err);
	if (fail)
		return fail;
	memcpy(ret_host, origin.host, sizeof(origin.host));
	return 0;
}

int http_url_place(
	const char *url, char ret_place[static 256], struct error *err)
{
	struct url_origin origin = { 0 };
	char place[256];
	bool six;
	int len;

	int fail = url_origin_sendable(url, &origin, err);
	if (fail)
		return fail;
	six = strchr(origin.host, ':') != NULL;
	if (origin.port == 443)
		len = snprintf(place, sizeof(place), "%s", origin.host);
	else
		len = snprintf(place, sizeof(place), "%s%s%s:%u",
			six ? "[" : "", origin.host, six ? "]" : "",
			origin.port);
	if (len < 0 || len >= (int)sizeof(place))
		return error_set(err, FAIL_CONFIG, "a URL's host is too long");
	memcpy(ret_place, place, (size_t)len + 1);
	return 0;
}

bool http_url_same_origin(const char *a, const char *b)
{
	struct url_origin first, second;

	if (url_origin_of(a, &first, NULL) != 0 ||
		url_origin_of(b, &second, NULL) != 0)
		return false;
	return strcmp(first.scheme, second.scheme) == 0 &&
	       strcmp(first.host, second.host) == 0 &&
	       first.port == second.port;
}
