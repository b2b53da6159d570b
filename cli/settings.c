/*
 * Reading the configuration with libconfig 1.5.
 *
 * One table row per setting: path, type, where it goes, its default. The
 * same rows say what is unknown: anything in the file without a row is an
 * error, since a misspelt setting that is silently ignored has cost people
 * days.
 */
#include "cli/settings.h"

#include <errno.h>
#include <libconfig.h>
#include <limits.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/file.h"
#include "http/client.h"

enum setting_kind {
	SETTING_TEXT,
	SETTING_NUMBER,
	SETTING_YES_NO,
	SETTING_LEVEL,
	SETTING_SCOPES /* a string, or a list of strings */
};

/* A configuration of ours has some fifty lines. */
#define SETTINGS_BYTES_MAX (1024 * 1024)

struct setting_row {
	const char *path; /* "regions.nl.client_id" */
	enum setting_kind kind;
	size_t offset;        /* in struct settings */
	const char *text;     /* default */
	int least, most;      /* for numbers */
	int number;           /* default */
	const char *expected; /* for people */
};

#define REGION(index, member)                                                  \
	(offsetof(struct settings, regions) +                                  \
		(index) * sizeof(struct settings_region) +                     \
		offsetof(struct settings_region, member))

/* Values that are not plain text land here first. */
struct raw {
	struct settings settings;
	int minute, day, timeout_s;
};

static const char *const levels[] = {
	[LOG_LEVEL_DEBUG] = "debug",
	[LOG_LEVEL_INFO] = "info",
	[LOG_LEVEL_WARN] = "warn",
	[LOG_LEVEL_ERROR] = "error",
};

static const struct setting_row rows[] = {
	{ "regions.nl.base_url", SETTING_TEXT, REGION(0, base_url),
		"https://start.exactonline.nl", 0, 0, 0, "a URL" },
	{ "regions.nl.client_id", SETTING_TEXT, REGION(0, client_id), "", 0, 0,
		0, "the app's client id" },
	{ "regions.nl.redirect_uri", SETTING_TEXT, REGION(0, redirect_uri),
		"https://exact.codat.io/oauth/callback", 0, 0, 0,
		"the redirect URL as registered" },
	{ "regions.nl.receiver_is_ours", SETTING_YES_NO,
		REGION(0, receiver_is_ours), NULL, 0, 1, 0, "true or false" },
	{ "regions.nl.scopes", SETTING_SCOPES, REGION(0, scopes), NULL, 0, 0, 0,
		"scopes with levels: [ \"crm.accounts=manage\", … ]" },
	{ "regions.uk.base_url", SETTING_TEXT, REGION(1, base_url),
		"https://start.exactonline.co.uk", 0, 0, 0, "a URL" },
	{ "regions.uk.client_id", SETTING_TEXT, REGION(1, client_id), "", 0, 0,
		0, "the app's client id" },
	{ "regions.uk.redirect_uri", SETTING_TEXT, REGION(1, redirect_uri),
		"https://exact.codat.io/oauth/callback", 0, 0, 0,
		"the redirect URL as registered" },
	{ "regions.uk.receiver_is_ours", SETTING_YES_NO,
		REGION(1, receiver_is_ours), NULL, 0, 1, 0, "true or false" },
	{ "regions.uk.scopes", SETTING_SCOPES, REGION(1, scopes), NULL, 0, 0, 0,
		"scopes with levels: [ \"crm.accounts=manage\", … ]" },
	{ "limits.minute", SETTING_NUMBER, offsetof(struct raw, minute), NULL,
		1, RATELIMIT_MINUTE_MAX, 60, "a number from 1 to 600" },
	{ "limits.day", SETTING_NUMBER, offsetof(struct raw, day), NULL, 1,
		1000000, 5000, "a number from 1 to 1000000" },
	{ "http.timeout_s", SETTING_NUMBER, offsetof(struct raw, timeout_s),
		NULL, 5, 3600, 120, "seconds from 5 to 3600" },
	{ "http.ca_file", SETTING_TEXT, offsetof(struct settings, ca_file), "",
		0, 0, 0, "a file of PEM certificates" },
	{ "log.level", SETTING_LEVEL, offsetof(struct settings, log_level),
		NULL, 0, 0, LOG_LEVEL_INFO, "debug, info, warn or error" },
};

#define ROWS (sizeof(rows) / sizeof(rows[0]))

static int at_line(struct error *err, const char *path,
	const config_setting_t *setting, const char *name, const char *expected)
{
	return error_set(err, FAIL_CONFIG, "%s:%d: '%s' must be %s", path,
		(int)config_setting_source_line(setting), name, expected);
}

static int take_scopes(struct settings_scopes *ret,
	const struct setting_row *row, const config_setting_t *setting,
	const char *path, struct error *err)
{
	struct settings_scopes scopes = { .declared = true };
	int count = config_setting_is_array(setting) ||
				    config_setting_is_list(setting)
			    ? config_setting_length(setting)
			    : -1;
	int fail = 0;

	for (int i = 0; i < (count < 0 ? 1 : count) && fail == 0; i++) {
		const config_setting_t *one = count < 0
						      ? setting
						      : config_setting_get_elem(
								setting,
								(unsigned)i);
		const char *text = config_setting_get_string(one);

		if (text == NULL)
			return at_line(
				err, path, one, row->path, row->expected);
		fail = scopes_set_parse(text, &scopes.set, err);
		if (fail < 0)
			return error_prefix(err, "%s:%d: '%s'", path,
				(int)config_setting_source_line(one),
				row->path);
	}
	*ret = scopes;
	return 0;
}

static int take(struct raw *raw, const struct setting_row *row,
	const config_setting_t *setting, const char *path, struct error *err)
{
	char *at = (char *)raw + row->offset;
	const char *text;

	switch (row->kind) {
	case SETTING_TEXT:
		text = config_setting_get_string(setting);
		if (text == NULL)
			return at_line(
				err, path, setting, row->path, row->expected);
		if (strlen(text) >= SETTINGS_TEXT_MAX)
			return at_line(err, path, setting, row->path,
				"shorter than 1024 characters");
		memcpy(at, text, strlen(text) + 1);
		return 0;
	case SETTING_NUMBER: {
		int value = config_setting_get_int(setting);

		if (config_setting_type(setting) != CONFIG_TYPE_INT ||
			value < row->least || value > row->most)
			return at_line(
				err, path, setting, row->path, row->expected);
		memcpy(at, &value, sizeof(value));
		return 0;
	}
	case SETTING_YES_NO: {
		bool value = config_setting_get_bool(setting) != 0;

		if (config_setting_type(setting) != CONFIG_TYPE_BOOL)
			return at_line(
				err, path, setting, row->path, row->expected);
		memcpy(at, &value, sizeof(value));
		return 0;
	}
	case SETTING_LEVEL:
		text = config_setting_get_string(setting);
		for (int i = 0; text != NULL && i <= LOG_LEVEL_ERROR; i++)
			if (strcmp(text, levels[i]) == 0) {
				raw->settings.log_level = (enum log_level)i;
				return 0;
			}
		return at_line(err, path, setting, row->path, row->expected);
	case SETTING_SCOPES:
		return take_scopes((void *)at, row, setting, path, err);
	}
	return FAIL_STOP;
}

static const struct setting_row *find_row(const char *name)
{
	for (size_t i = 0; i < ROWS; i++)
		if (strcmp(rows[i].path, name) == 0)
			return &rows[i];
	return NULL;
}

static bool is_group(const char *name)
{
	size_t len = strlen(name);

	for (size_t i = 0; i < ROWS; i++)
		if (strncmp(rows[i].path, name, len) == 0 &&
			rows[i].path[len] == '.')
			return true;
	return false;
}

/* Walk a group; `depth` is bounded by the rows' own depth of three. */
static int walk(struct raw *raw, const config_setting_t *group,
	const char *prefix, const char *path, struct error *err)
{
	int count = config_setting_length(group);

	for (int i = 0; i < count; i++) {
		const config_setting_t *one = config_setting_get_elem(
			group, (unsigned)i);
		const struct setting_row *row;
		char name[256];
		int fail;

		if (snprintf(name, sizeof(name), "%s%s%s", prefix,
			    prefix[0] == '\0' ? "" : ".",
			    config_setting_name(one)) >= (int)sizeof(name))
			return at_line(err, path, one, "this name", "shorter");
		row = find_row(name);
		if (row != NULL)
			fail = take(raw, row, one, path, err);
		else if (is_group(name) && config_setting_is_group(one))
			fail = walk(raw, one, name, path, err);
		else if (is_group(name))
			fail = at_line(err, path, one, name, "a group: { … }");
		else if (strcasestr(name, "secret") != NULL)
			fail = error_set(err, FAIL_CONFIG,
				"%s:%d: secrets do not stand in this file; "
				"remove '%s' and run 'exact-connector secret "
				"REGION'",
				path, (int)config_setting_source_line(one),
				name);
		else
			fail = error_set(err, FAIL_CONFIG,
				"%s:%d: there is no setting '%s'; "
				"exact-connector(1) lists them all",
				path, (int)config_setting_source_line(one),
				name);
		if (fail < 0)
			return fail;
	}
	return 0;
}

static void finish(struct raw *raw)
{
	struct settings *settings = &raw->settings;

	settings->limits.minute = raw->minute;
	settings->limits.day = raw->day;
	settings->timeout_ms = (int64_t)raw->timeout_s * 1000;
	for (int i = 0; i < SETTINGS_REGIONS; i++) {
		char *url = settings->regions[i].base_url;
		size_t len = strlen(url);

		while (len > 0 && url[len - 1] == '/')
			url[--len] = '\0';
	}
}

static void put_defaults(struct raw *raw)
{
	for (size_t i = 0; i < ROWS; i++) {
		char *at = (char *)raw + rows[i].offset;

		if (rows[i].kind == SETTING_TEXT)
			memcpy(at, rows[i].text, strlen(rows[i].text) + 1);
		else if (rows[i].kind == SETTING_NUMBER)
			memcpy(at, &rows[i].number, sizeof(rows[i].number));
	}
	raw->settings.log_level = LOG_LEVEL_INFO;
	snprintf(raw->settings.regions[0].name, 8, "nl");
	snprintf(raw->settings.regions[1].name, 8, "uk");
}

/* What libconfig would do with the bytes that we don't want done: stop at a
 * NUL, as if the rest were not there; include other files, whose lines an
 * error could not name. */
static int check_bytes(
	const struct buf *text, const char *path, struct error *err)
{
	int line = 1;

	if (memchr(text->data, '\0', text->len) != NULL)
		return error_set(err, FAIL_CONFIG,
			"%s holds a NUL byte; it must be a text file", path);
	for (const char *at = text->data; *at != '\0'; line++) {
		const char *word = at + strspn(at, " \t");

		if (strncmp(word, "@include", 8) == 0)
			return error_set(err, FAIL_CONFIG,
				"%s:%d: @include is not supported; all "
				"settings stand in this one file",
				path, line);
		at += strcspn(at, "\n");
		at += *at == '\n';
	}
	return 0;
}

/* The file's text, from behind a byte order mark if there is one. */
static int read_text(const char *path, struct buf *ret, const char **ret_start,
	struct error *err)
{
	struct error why = { 0 };
	int fail;

	if (access(path, F_OK) != 0 && errno == ENOENT)
		return error_set(err, FAIL_CONFIG,
			"there is no configuration %s; 'exact-connector init' "
			"makes one",
			path);
	if (file_read(path, SETTINGS_BYTES_MAX, ret, &why) < 0)
		return error_set(err, FAIL_CONFIG,
			"the configuration can't be read: %.400s", why.text);
	fail = check_bytes(ret, path, err);
	if (fail < 0)
		return fail;
	*ret_start = ret->data +
		     (strncmp(ret->data, "\xef\xbb\xbf", 3) == 0 ? 3 : 0);
	return 0;
}

int settings_read(const char *path, struct settings *ret, struct error *err)
{
	struct raw raw = { 0 };
	const char *start = NULL;
	struct buf text;
	config_t file;
	int fail;

	put_defaults(&raw);
	if (snprintf(raw.settings.path, SETTINGS_TEXT_MAX, "%s", path) >=
		SETTINGS_TEXT_MAX)
		return error_set(err, FAIL_CONFIG,
			"the configuration's path is too long");
	buf_init(&text, SETTINGS_BYTES_MAX);
	config_init(&file);
	fail = read_text(path, &text, &start, err);
	if (fail < 0)
		goto done;
	if (config_read_string(&file, start) != CONFIG_TRUE) {
		fail = error_set(err, FAIL_CONFIG,
			"%s:%d: %s; settings look like: minute = 60;", path,
			config_error_line(&file), config_error_text(&file));
		goto done;
	}
	fail = walk(&raw, config_root_setting(&file), "", path, err);
	if (fail < 0)
		goto done;
	finish(&raw);
	*ret = raw.settings;
done:
	config_destroy(&file);
	buf_free(&text);
	return fail;
}

const char *settings_name(size_t index)
{
	return index < ROWS ? rows[index].path : NULL;
}

const struct settings_region *settings_region(
	const struct settings *settings, const char *name)
{
	for (int i = 0; i < SETTINGS_REGIONS; i++)
		if (strcmp(settings->regions[i].name, name) == 0)
			return &settings->regions[i];
	return NULL;
}

int settings_region_check(const struct settings *settings,
	const struct settings_region *region, struct error *err)
{
	char host[256];
	int fail;

	if (region->client_id[0] == '\0')
		return error_set(err, FAIL_CONFIG,
			"%s: 'regions.%s.client_id' is empty; put in the "
			"client id of the app registered in Exact's App "
			"Center for %s",
			settings->path, region->name,
			strcmp(region->name, "nl") == 0 ? "the Netherlands"
							: "the United Kingdom");
	for (const char *at = region->client_id; *at != '\0'; at++)
		if ((unsigned char)*at <= ' ' || *at == 0x7f)
			return error_set(err, FAIL_CONFIG,
				"%s: 'regions.%s.client_id' holds a blank or "
				"control character; keys have none, copy it "
				"again from Manage my apps",
				settings->path, region->name);
	fail = http_url_check(region->base_url, host, err);
	if (fail < 0)
		return error_prefix(err, "%s: 'regions.%s.base_url'",
			settings->path, region->name);
	fail = http_url_check(region->redirect_uri, host, err);
	if (fail < 0)
		return error_prefix(err, "%s: 'regions.%s.redirect_uri'",
			settings->path, region->name);
	return 0;
}

static void put_quoted(struct buf *ret, const char *text)
{
	buf_putc(ret, '"');
	for (; *text != '\0'; text++) {
		if (*text == '"' || *text == '\\')
			buf_putc(ret, '\\');
		buf_putc(ret, *text);
	}
	buf_puts(ret, "\";");
}

void settings_write(const struct settings_template *values, struct buf *ret)
{
	static const char *const names[] = { "nl", "uk" };
	static const char *const countries[] = { "the Netherlands",
		"the United Kingdom" };

	buf_puts(ret,
		"# exact-connector's configuration. "
		"exact-connector.conf(5) explains every setting.\n"
		"# Client secrets are not kept here: 'exact-connector secret "
		"nl' seals one.\n\n"
		"regions : {\n");
	for (int i = 0; i < SETTINGS_REGIONS; i++) {
		buf_printf(ret,
			"\t# Exact Online for %s. Each country has its own "
			"app, with its own\n\t# client id and secret (App "
			"Center, Manage my apps).\n\t%s : {\n"
			"\t\tbase_url = ",
			countries[i], names[i]);
		put_quoted(ret, values->base_url[i]);
		buf_puts(ret, "\n\t\tclient_id = ");
		put_quoted(ret, values->client_id[i]);
		buf_puts(ret,
			"\n\t\t# The redirect URL, exactly as registered with "
			"the app. Whoever owns its\n\t\t# host receives the "
			"sign-in code: 'login' says so.\n\t\tredirect_uri = ");
		put_quoted(ret, values->redirect_uri[i]);
		buf_printf(ret,
			"\n\t\t# true when that host is yours: no warning "
			"then.\n\t\treceiver_is_ours = %s;\n"
			"\t\t# What the app is registered with; a list whose "
			"scope is not in it is\n\t\t# not asked for. 'scopes "
			"check ID' compares, 'scopes list' names all.\n"
			"\t\t# scopes = [ \"financial.accounting=read\", "
			"\"crm.accounts=manage\" ];\n\t};\n",
			values->receiver_is_ours ? "true" : "false");
	}
	buf_puts(ret,
		"};\n\n"
		"# Calls per company (division). Exact's standard: 60 a "
		"minute, 5000 a day.\n"
		"# Lower limits that Exact reports are obeyed; higher ones "
		"only if set here.\n"
		"limits : {\n\tminute = 60;\n\tday = 5000;\n};\n\n"
		"http : {\n\t# Seconds for one request and its answer.\n"
		"\ttimeout_s = 120;\n"
		"\t# A PEM file of certificate authorities; empty: the "
		"system's.\n\tca_file = \"\";\n};\n\n"
		"log : {\n\t# debug, info, warn or error\n"
		"\tlevel = \"info\";\n};\n");
}
