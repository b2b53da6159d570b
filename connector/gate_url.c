/*
 * A call's URL. What the gate makes itself is right by construction; what the
 * server gave is looked at byte by byte:
 *
 *	https://HOST/api/v1/100001/crm/Accounts?$skiptoken=…   followed
 *	https://HOST/api/v1/100002/crm/Accounts?…              another division
 *	https://HOST/api/v1/100001/../100002/crm/Accounts      may end there, too
 *	https://HOST.evil.example/api/v1/100001/…              another host
 */
#include "connector/gate_url.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "http/client.h"

#define TARGET_MAX 6000 /* Exact's own ceiling for a URL */

/* Everything before the endpoint. */
static int make_root(
	const char *base_url, int64_t division, bool uncounted, char **ret)
{
	return uncounted ? asprintf(ret, "%s/api/v1/", base_url)
			 : asprintf(ret, "%s/api/v1/%" PRId64 "/", base_url,
				   division);
}

/* libcurl resolves "..", and a server may decode "%2e" and "%2f": a path
 * with any of them may end elsewhere than it begins. */
static bool path_is_plain(const char *path)
{
	size_t len = strcspn(path, "?#");
	for (size_t i = 0; i < len; i++) {
		if (path[i] == '\\' || !strncasecmp(path + i, "%2e", 3) ||
			!strncasecmp(path + i, "%2f", 3) ||
			!strncasecmp(path + i, "%5c", 3) ||
			!strncmp(path + i, "/.", 2))
			return false;
	}
	return true;
}

/* The path of an absolute URL, from its first slash on. */
static const char *path_of(const char *url)
{
	const char *authority = strstr(url, "://");
	return authority ? authority + 3 + strcspn(authority + 3, "/?#") : "";
}

static int check_link(const char *base_url, int64_t division,
	const struct gate_call *what, const char *root, struct error *err)
{
	const char *inside = path_of(root);
	const char *path = path_of(what->link);
	size_t len = strlen(inside);
	bool stays = strncmp(path, inside, len) == 0 && path_is_plain(path);
	if (strlen(what->link) > TARGET_MAX)
		return error_set(err, FAIL_STREAM,
			"the link to the next page is longer than %d bytes",
			TARGET_MAX);
	if (!http_url_same_origin(what->link, base_url))
		return error_set(err, FAIL_STREAM,
			"the link to the next page leads away from %.200s; "
			"the token is not sent there",
			base_url);
	if (!what->uncounted && !stays)
		return error_set(err, FAIL_STREAM,
			"the link to the next page leads away from division "
			"%" PRId64 "; the link is not followed, because its "
			"rows would be another company's",
			division);
	/* No division follows such a root: the endpoint does. */
	if (what->uncounted && (!stays || strncmp(path + len, what->endpoint,
						  strlen(what->endpoint)) != 0))
		return error_set(err, FAIL_STREAM,
			"the link to the next page leads away from %.200s%s; "
			"the link is not followed",
			root, what->endpoint);
	return 0;
}

int gate_url_make(const char *base_url, int64_t division,
	const struct gate_call *what, char **ret, struct error *err)
{
	char *root = NULL;
	char *url = NULL;
	int fail = 0;
	if (make_root(base_url, division, what->uncounted, &root) < 0)
		return error_set(err, FAIL_STOP, "out of memory");
	if (what->link)
		fail = check_link(base_url, division, what, root, err);
	if (!fail && what->link)
		url = strdup(what->link);
	else if (!fail && asprintf(&url, "%s%s?%s", root, what->endpoint,
				  what->query) < 0)
		url = NULL;
	free(root);
	if (!fail && !url)
		fail = error_set(err, FAIL_STOP, "out of memory");
	if (!fail)
		*ret = url;
	return fail;
}
