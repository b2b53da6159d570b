/*
 * Whatever text comes as a URL: no crash, and what is taken leads where it
 * says: https, or plain http to this machine.
 *
 * sources: http/ base/
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "http/client.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

static void hold(bool promise)
{
	if (!promise)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	char *url = malloc(len + 1);
	char host[256] = "";
	struct error err;
	const char *at;

	hold(url != NULL);
	memcpy(url, bytes, len);
	url[len] = '\0';
	if (http_url_check(url, host, &err) == 0) {
		hold(host[0] != '\0');
		at = strstr(url, "://");
		hold(at != NULL);
		at += at[3] == '[' ? 4 : 3;
		hold(strncasecmp(at, host, strlen(host)) == 0);
		hold(strncasecmp(url, "https://", 8) == 0 ||
			strcmp(host, "localhost") == 0 ||
			strncmp(host, "127.", 4) == 0 ||
			strcmp(host, "::1") == 0);
		hold(http_url_same_origin(url, url));
	} else {
		hold(host[0] == '\0' && err.fail == FAIL_CONFIG);
	}
	free(url);
	return 0;
}
