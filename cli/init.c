/*
 * `init`: a state directory with a commented configuration, a key file and
 * safe modes. With --sandbox both regions point at an exact-sandbox, whose
 * control endpoint tells its apps' ids and secrets, so that nothing has to
 * be typed. What is there already is left alone.
 *
 * `secret REGION`: seal that region's client secret.
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
#include "cli/session.h"
#include "store/secret.h"

#define SANDBOX_RECEIVER "http://127.0.0.1:8910/oauth/callback"

struct app {
	char region[8];
	char client_id[256];
	char secret[SECRET_MAX + 1];
};

/* {"apps":[{"region":"nl","client_id":"…","client_secret":"…"},…]} */
static int read_apps(const char *body, size_t len,
	struct app ret[static SETTINGS_REGIONS], struct error *err)
{
	struct json_slice top, list, one;
	struct json_cursor cursor;
	int count = 0;
	int fail;

	fail = json_check(body, len, &top, err);
	if (fail < 0)
		return fail;
	if (!json_member(top, "apps", &list) || json_kind(list) != JSON_ARRAY)
		return error_set(
			err, FAIL_INPUT, "its reply is not a list of apps");
	json_elements(list, &cursor);
	while (count < SETTINGS_REGIONS && json_next(&cursor, &one)) {
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
		if (texts[0] != NULL && texts[1] != NULL && texts[2] != NULL) {
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
	if (count != SETTINGS_REGIONS)
		return error_set(err, FAIL_INPUT,
			"its reply does not name an app for each region");
	return 0;
}

static int ask_sandbox(const char *url, struct app ret[static SETTINGS_REGIONS],
	struct error *err)
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
			"no exact-sandbox answers at %s (%s, status %d)", url,
			response.problem, response.status);
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
	const struct app apps[static SETTINGS_REGIONS], struct error *err)
{
	static const char *const hosts[] = { "https://start.exactonline.nl",
		"https://start.exactonline.co.uk" };
	static const char *const names[] = { "nl", "uk" };
	struct settings_template values = { 0 };
	struct buf text;
	int fail;

	for (int i = 0; i < SETTINGS_REGIONS; i++) {
		values.base_url[i] = sandbox == NULL ? hosts[i] : sandbox;
		values.client_id[i] = "";
		values.redirect_uri[i] =
			sandbox == NULL
				? "https://exact.codat.io/oauth/callback"
				: SANDBOX_RECEIVER;
		for (int k = 0; sandbox != NULL && k < SETTINGS_REGIONS; k++)
			if (strcmp(apps[k].region, names[i]) == 0)
				values.client_id[i] = apps[k].client_id;
	}
	values.receiver_is_ours = sandbox != NULL;
	buf_init(&text, 64 * 1024);
	settings_write(&values, &text);
	fail = buf_failed(&text) ? error_set(err, FAIL_STOP, "no memory")
				 : file_replace(paths->config, text.data,
					   text.len, 0600, err);
	buf_free(&text);
	return fail;
}

static int seal(const struct paths *paths, const char *base_url,
	const char *client_id, const char *secret, struct error *err)
{
	unsigned char key[CRYPTO_KEY_BYTES];
	char host[256];
	int fail;

	fail = http_url_place(base_url, host, err);
	if (fail == 0)
		fail = session_key(paths, key, err);
	if (fail < 0)
		return fail;
	fail = secret_save(paths->logins, key, host, client_id, secret, err);
	crypto_wipe(key, sizeof(key));
	return fail;
}

/* Logins without their key: a new key would open none of them, and stand in
 * the way of the right one. */
static int refuse_orphans(const struct paths *paths, struct error *err)
{
	char path[PATHS_MAX + 16];

	snprintf(path, sizeof(path), "%s/key.check", paths->logins);
	if (access(path, F_OK) != 0)
		return 0;
	return error_set(err, FAIL_CONFIG,
		"the key file %s is missing and %s holds what it sealed: put "
		"that key back; if it is lost, remove %s, run 'init' again "
		"and sign in again",
		paths->key, paths->logins, paths->logins);
}

/* Prints "made" or "kept" for what was there before. */
static int make(
	const struct paths *paths, const char *sandbox, struct error *err)
{
	struct app apps[SETTINGS_REGIONS] = { 0 };
	bool config_there = access(paths->config, F_OK) == 0;
	bool key_there = access(paths->key, F_OK) == 0;
	struct stat st;
	int fail = 0;

	if (sandbox != NULL && config_there)
		return error_set(err, FAIL_CONFIG,
			"%s is there already; --sandbox would point it "
			"elsewhere: use another --state, or move it away",
			paths->config);
	if (config_there &&
		(stat(paths->config, &st) != 0 || !S_ISREG(st.st_mode)))
		return error_set(err, FAIL_CONFIG,
			"%s is no file; move it away or name another",
			paths->config);
	if (!key_there) {
		fail = refuse_orphans(paths, err);
		if (fail < 0)
			return fail;
	}
	if (sandbox != NULL)
		fail = ask_sandbox(sandbox, apps, err);
	if (fail == 0)
		fail = file_private_dir(paths->state, err);
	if (fail == 0)
		fail = file_private_dir(paths->logins, err);
	if (fail == 0)
		fail = file_private_dir(paths->ledgers, err);
	if (fail == 0)
		fail = file_private_dir(paths->companies, err);
	if (fail == 0 && !key_there)
		fail = vault_make_key(paths->key, err);
	for (int i = 0; fail == 0 && sandbox != NULL && i < SETTINGS_REGIONS;
		i++)
		fail = seal(
			paths, sandbox, apps[i].client_id, apps[i].secret, err);
	if (fail == 0 && !config_there)
		fail = write_configuration(paths, sandbox, apps, err);
	crypto_wipe(apps, sizeof(apps));
	if (fail < 0)
		return fail;
	printf("%s %s\n%s %s\n", config_there ? "kept" : "made", paths->config,
		key_there ? "kept" : "made", paths->key);
	if (sandbox == NULL)
		puts("Next: put the client id of your app into the "
		     "configuration, then\n"
		     "  exact-connector secret nl\n"
		     "  exact-connector company add acme --name Acme "
		     "--region nl\n"
		     "  exact-connector login acme\n"
		     "Keep the key file out of backups of the state "
		     "directory, and back it up elsewhere.");
	return 0;
}

enum exit_code init_command(const struct invocation *invocation)
{
	const char *sandbox = invocation->value[OPTION_SANDBOX];
	struct error err = { 0 };
	struct paths paths;
	char url[1024];
	int fail;

	fail = paths_find(invocation, &paths, &err);
	if (fail == 0 && sandbox != NULL) {
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

static volatile sig_atomic_t read_interrupted;

static void interrupt_read(int number)
{
	(void)number;
	read_interrupted = 1;
}

/* A signal while the echo is off ends the reading, so that the echo comes
 * back. Signals wait from before it goes off until ppoll() lets them in: none
 * finds the program without its handler, or just in front of a read. */
struct reading {
	struct sigaction old_int, old_term;
	sigset_t old_mask;
};

static void reading_begin(struct reading *reading)
{
	struct sigaction action = { .sa_handler = interrupt_read };
	sigset_t mask;

	sigemptyset(&mask);
	sigaddset(&mask, SIGINT);
	sigaddset(&mask, SIGTERM);
	sigprocmask(SIG_BLOCK, &mask, &reading->old_mask);
	sigaction(SIGINT, &action, &reading->old_int);
	sigaction(SIGTERM, &action, &reading->old_term);
}

static char *reading_line(const struct reading *reading, char *ret, size_t size)
{
	struct pollfd input = { .fd = STDIN_FILENO, .events = POLLIN };

	if (ppoll(&input, 1, NULL, &reading->old_mask) < 0)
		return NULL;
	return fgets(ret, (int)size, stdin);
}

static void reading_end(const struct reading *reading)
{
	sigaction(SIGINT, &reading->old_int, NULL);
	sigaction(SIGTERM, &reading->old_term, NULL);
	sigprocmask(SIG_SETMASK, &reading->old_mask, NULL);
}

/* One line from standard input, without echo on a terminal. */
static int read_secret(char *ret, size_t size, struct error *err)
{
	struct termios before;
	bool terminal = isatty(STDIN_FILENO) == 1 &&
			tcgetattr(STDIN_FILENO, &before) == 0;
	struct reading reading;
	char *line;

	reading_begin(&reading);
	if (terminal) {
		struct termios quiet = before;

		quiet.c_lflag &= ~(tcflag_t)ECHO;
		tcsetattr(STDIN_FILENO, TCSAFLUSH, &quiet);
		fputs("Client secret (not shown): ", stderr);
	}
	line = reading_line(&reading, ret, size);
	if (terminal) {
		tcsetattr(STDIN_FILENO, TCSAFLUSH, &before);
		fputc('\n', stderr);
	}
	reading_end(&reading);
	if (read_interrupted != 0)
		return error_set(err, FAIL_INTERRUPTED, "interrupted");
	if (line == NULL)
		return error_set(err, FAIL_USAGE,
			"no client secret came on standard input");
	ret[strcspn(ret, "\r\n")] = '\0';
	for (const char *at = ret; *at != '\0'; at++)
		if ((unsigned char)*at <= ' ' || *at == 0x7f)
			return error_set(err, FAIL_CONFIG,
				"the client secret holds a blank or control "
				"character; keys have none, copy it again "
				"from Manage my apps");
	return 0;
}

enum exit_code init_secret_command(const struct invocation *invocation)
{
	const struct settings_region *region;
	struct error err = { 0 };
	struct session session;
	char secret[SECRET_MAX + 2] = "";
	int fail;

	fail = session_open(&session, invocation, &err);
	if (fail < 0)
		return command_fail(&err);
	region = settings_region(&session.settings, invocation->positional[0]);
	if (region == NULL)
		fail = error_set(&err, FAIL_USAGE,
			"there is no region '%s'; there are nl and uk",
			invocation->positional[0]);
	else
		fail = settings_region_check(&session.settings, region, &err);
	if (fail == 0)
		fail = read_secret(secret, sizeof(secret), &err);
	if (fail == 0)
		fail = seal(&session.paths, region->base_url, region->client_id,
			secret, &err);
	crypto_wipe(secret, sizeof(secret));
	if (fail == 0)
		printf("sealed the client secret of region %s\n", region->name);
	session_close(&session);
	return fail == 0 ? EXIT_DONE : command_fail(&err);
}
