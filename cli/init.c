/*
 * `init`: makes a state directory with a commented configuration and a key
 * file, none of them readable by others. With --sandbox all regions point at
 * an exact-sandbox, whose control endpoint gives the ids and secrets of its
 * apps, so that nothing has to be typed. Files that exist are not changed.
 */
#include "cli/init.h"

#include <cjson/cJSON.h>
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

#include "base/file.h"
#include "base/json.h"
#include "app/session.h"
#include "store/secret.h"

#define APPS             (REGION_MAX + 1)
#define SANDBOX_RECEIVER "http://127.0.0.1:8910/oauth/callback"

struct app {
	char region[8];
	char client_id[256];
	char secret[SECRET_MAX + 1];
};

/* {"apps":[{"region":"nl","client_id":"…","client_secret":"…"},…]}; a sandbox
 * need not have an app for every region. The list ends with region "". */
static int read_apps(const char *body, size_t len, struct app ret[static APPS],
	struct error *err)
{
	struct json_slice top, list, one;
	struct json_cursor cursor;
	size_t count = 0;
	int fail;

	fail = json_check(body, len, &top, err);
	if (fail < 0)
		return fail;
	if (!json_member(top, "apps", &list) || json_kind(list) != JSON_ARRAY)
		return error_set(
			err, FAIL_INPUT, "the reply is not a list of apps");
	json_elements(list, &cursor);
	while (count < REGION_MAX && json_next(&cursor, &one)) {
		struct cJSON *item = NULL;
		const char *texts[3];

		fail = json_parse(one, &item, NULL, err);
		if (fail < 0)
			return fail;
		texts[0] = json_string(
			cJSON_GetObjectItemCaseSensitive(item, "region"));
		texts[1] = json_string(
			cJSON_GetObjectItemCaseSensitive(item, "client_id"));
		texts[2] = json_string(cJSON_GetObjectItemCaseSensitive(
			item, "client_secret"));
		if (texts[0] && texts[1] && texts[2]) {
			snprintf(ret[count].region, sizeof(ret[count].region),
				"%s", texts[0]);
			snprintf(ret[count].client_id,
				sizeof(ret[count].client_id), "%s", texts[1]);
			snprintf(ret[count].secret, sizeof(ret[count].secret),
				"%s", texts[2]);
			count++;
		}
		cJSON_Delete(item);
	}
	if (count == 0)
		return error_set(err, FAIL_INPUT, "the reply names no app");
	return 0;
}

static int ask_sandbox(
	const char *url, struct app ret[static APPS], struct error *err)
{
	const struct http_client_options options = { 0 };
	struct http_transport transport;
	struct http_client *client = NULL;
	struct http_response response;
	struct clock *clock = NULL;
	struct loop *loop = NULL;
	char host[256];
	struct buf target;
	int fail;

	buf_init(&target, 4096);
	http_response_init(&response, 64 * 1024);
	fail = http_url_check(url, host, err);
	if (fail < 0)
		goto done;
	buf_printf(&target, "%s/control/apps", url);
	fail = clock_open(&clock, err);
	if (fail == 0)
		fail = loop_new(&loop, clock, err);
	if (fail == 0)
		fail = http_client_new(&client, loop, &options, err);
	if (fail < 0)
		goto done;
	transport = http_client_transport(client);
	fail = http_call(&transport, loop,
		&(struct http_request){ .method = "GET",
			.url = target.data,
			.max_body = 64 * 1024,
			.timeout_ms = 10000 },
		&response, err);
	if (fail < 0)
		goto done;
	if (response.outcome != HTTP_DONE || response.status != 200) {
		fail = error_set(err, FAIL_CONFIG,
			"no exact-sandbox answers at %s (%s, status %d); "
			"start one or correct the URL",
			url, response.problem, response.status);
		goto done;
	}
	fail = read_apps(response.body.data, response.body.len, ret, err);
	if (fail < 0)
		error_prefix(err, "the sandbox at %s", url);
done:
	http_response_free(&response);
	http_client_free(client);
	loop_free(loop);
	clock_free(clock);
	buf_free(&target);
	return fail;
}

static int write_configuration(const struct paths *paths, const char *sandbox,
	const struct app apps[static APPS], struct error *err)
{
	struct settings settings;
	struct buf text;
	int fail;

	settings_defaults(&settings);
	for (size_t i = 0; sandbox && i < region_count; i++) {
		struct settings_region *region = &settings.regions[i];

		snprintf(region->base_url, SETTINGS_TEXT_MAX, "%s", sandbox);
		snprintf(region->redirect_uri, SETTINGS_TEXT_MAX, "%s",
			SANDBOX_RECEIVER);
		region->receiver_is_ours = true;
		for (size_t k = 0; apps[k].region[0] != '\0'; k++)
			if (strcmp(apps[k].region, region->name) == 0)
				snprintf(region->client_id, SETTINGS_TEXT_MAX,
					"%s", apps[k].client_id);
	}
	buf_init(&text, 64 * 1024);
	settings_write(&settings, &text);
	fail = buf_failed(&text) ? error_set(err, FAIL_STOP, "out of memory")
				 : file_replace(paths->config, text.data,
					   text.len, 0600, err);
	buf_free(&text);
	return fail;
}

/* Fails when there are logins but no key file: a new key could not decrypt
 * them, and would occupy the place of the right key. */
static int require_key_of_logins(const struct paths *paths, struct error *err)
{
	char path[PATHS_MAX + 16];

	snprintf(path, sizeof(path), "%s/key.check", paths->logins);
	if (access(path, F_OK) != 0)
		return 0;
	return error_set(err, FAIL_CONFIG,
		"the key file %s is missing, and the logins in %s can be "
		"decrypted only with it: put it back. If it is lost, remove "
		"%s, run 'exact-connector init' and sign in again",
		paths->key, paths->logins, paths->logins);
}

/* Prints "made" for a new file and "kept" for one that existed. */
static int make(
	const struct paths *paths, const char *sandbox, struct error *err)
{
	struct app apps[APPS] = { 0 };
	bool config_exists = access(paths->config, F_OK) == 0;
	bool key_exists = access(paths->key, F_OK) == 0;
	struct stat st;
	int fail = 0;

	if (sandbox && config_exists)
		return error_set(err, FAIL_CONFIG,
			"the configuration %s exists, and --sandbox needs a "
			"new one: move it away or use another --state",
			paths->config);
	if (config_exists &&
		(stat(paths->config, &st) != 0 || !S_ISREG(st.st_mode)))
		return error_set(err, FAIL_CONFIG,
			"%s is not a file; move it away or use another "
			"--config",
			paths->config);
	if (!key_exists) {
		fail = require_key_of_logins(paths, err);
		if (fail < 0)
			return fail;
	}
	if (sandbox)
		fail = ask_sandbox(sandbox, apps, err);
	if (fail == 0)
		fail = file_private_dir(paths->state, err);
	if (fail == 0)
		fail = file_private_dir(paths->logins, err);
	if (fail == 0)
		fail = file_private_dir(paths->ledgers, err);
	if (fail == 0)
		fail = file_private_dir(paths->companies, err);
	if (fail == 0 && !key_exists)
		fail = vault_make_key(paths->key, err);
	for (size_t i = 0; fail == 0 && apps[i].region[0] != '\0'; i++)
		fail = session_store_secret(
			paths, sandbox, apps[i].client_id, apps[i].secret, err);
	if (fail == 0 && !config_exists)
		fail = write_configuration(paths, sandbox, apps, err);
	crypto_wipe(apps, sizeof(apps));
	if (fail < 0)
		return fail;
	printf("%s %s\n%s %s\n", config_exists ? "kept" : "made", paths->config,
		key_exists ? "kept" : "made", paths->key);
	if (!sandbox)
		puts("Next: put the client id of your app into the "
		     "configuration, then run\n"
		     "  exact-connector secret nl\n"
		     "  exact-connector company add acme --name Acme "
		     "--region nl\n"
		     "  exact-connector login acme\n"
		     "Back up the key file, but not together with the state "
		     "directory.");
	return 0;
}

enum exit_code init_command(const struct invocation *invocation)
{
	const char *sandbox = invocation->value[OPTION_SANDBOX];
	struct error err = { 0 };
	struct paths paths;
	char url[1024];
	int fail;

	fail = paths_find(&invocation->chosen, &paths, &err);
	if (fail == 0 && sandbox) {
		size_t len = strlen(sandbox);

		while (len > 0 && sandbox[len - 1] == '/')
			len--;
		if (len >= sizeof(url)) {
			fail = error_set(&err, FAIL_USAGE,
				"the sandbox's URL is too long");
		} else {
			memcpy(url, sandbox, len);
			url[len] = '\0';
			sandbox = url;
		}
	}
	if (fail == 0)
		fail = make(&paths, sandbox, &err);
	return fail == 0 ? EXIT_DONE : command_fail(&err);
}
