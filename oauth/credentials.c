/* Checks an app's keys before anything is sent with them. */
#include "oauth/credentials.h"

#include <stdbool.h>
#include <string.h>

#define URL_MAX 1024

static const char look[] =
	"copy them again from the Exact App Center of that country (Manage "
	"my apps, your app, Develop your app)";

/* A problem with the key, or NULL. */
static const char *key_problem(const char *key)
{
	if (!key || key[0] == '\0')
		return "is not set";
	if (strlen(key) > CREDENTIALS_KEY_MAX)
		return "is longer than 255 characters";
	for (const char *c = key; *c != '\0'; c++) {
		unsigned char byte = (unsigned char)*c;
		if (byte == ' ')
			return "contains a space; secure keys contain none";
		if (byte < 0x20 || byte == 0x7f)
			return "contains a line end, tab or other control "
			       "character";
		if (byte >= 0x80)
			return "contains a character outside ASCII (perhaps a "
			       "no-break space)";
	}
	return NULL;
}

static bool url_clean(const char *url)
{
	if (strlen(url) > URL_MAX)
		return false;
	for (const char *c = url; *c != '\0'; c++)
		if ((unsigned char)*c <= 0x20 || (unsigned char)*c >= 0x7f ||
			strchr("\"<>\\^`{|}", *c))
			return false;
	return true;
}

/* A problem with the URL, or NULL. */
static const char *url_problem(const char *url, bool query_too)
{
	if (!url || url[0] == '\0')
		return "is not set";
	if (strncmp(url, "https://", 8) != 0 && strncmp(url, "http://", 7) != 0)
		return "does not begin with https://";
	if (!url_clean(url))
		return "contains a blank, is too long, or is no URL";
	if (strchr(url, '#'))
		return "has a fragment (#)";
	if (!query_too && strchr(url, '?'))
		return "has a query (?)";
	return NULL;
}

int credentials_check(const struct credentials *credentials, struct error *err)
{
	const char *region = credentials->region;
	const char *problem = url_problem(credentials->base_url, false);

	if (problem)
		return error_set(err, FAIL_CONFIG, "region %s: base_url %s",
			region, problem);
	problem = url_problem(credentials->redirect_uri, true);
	if (problem)
		return error_set(err, FAIL_CONFIG,
			"region %s: redirect_uri %s; it must be exactly the "
			"one registered with the app",
			region, problem);
	problem = key_problem(credentials->client_id);
	if (problem)
		return error_set(err, FAIL_CONFIG,
			"region %s: the client id %s; %s", region, problem,
			look);
	problem = key_problem(credentials->client_secret);
	if (problem)
		return error_set(err, FAIL_CONFIG,
			"region %s: the client secret %s; %s", region, problem,
			look);
	return 0;
}
