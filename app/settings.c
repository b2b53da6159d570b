/*
 * Reading and writing the configuration with libconfig 1.5.
 *
 * One row per setting: name, kind, where the value goes, default, and the
 * comment that `init` writes above it. A setting of a region has one row for
 * all regions; with the regions' table that gives regions.nl.client_id,
 * regions.uk.client_id, …. Anything in the file without a row is an error,
 * since a misspelt setting that is silently ignored has cost people days.
 */
#include "app/settings.h"

#include <assert.h>
#include <errno.h>
#include <libconfig.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/file.h"
#include "connector/entity.h"
#include "http/client.h"

/* The file that `init` writes has some fifty lines. */
#define SETTINGS_BYTES_MAX (1024 * 1024)

struct setting_row;

/* A setting of the file, and the row that describes it. */
struct found {
	char name[SETTINGS_NAME_MAX]; /* "regions.nl.client_id" */
	const struct setting_row *row;
	void *at;                      /* where its value goes */
	const config_setting_t *value; /* as libconfig read it */
	const char *path;              /* of the file */
};

struct setting_kind {
	int (*take)(const struct found *found, struct error *err);
	void (*put)(const void *at, struct buf *ret);
};

struct setting_row {
	const char *name;
	const struct setting_kind *kind;
	size_t offset;           /* in struct settings, or settings_region */
	const char *text;        /* default of a text; NULL: "" */
	int number, least, most; /* default and bounds of a number */
	const char *expected;    /* what an error says it must be */
	const char *comment;     /* written above it; lines end with \n */
	const char *example;     /* written as a comment while it is not set */
};

static int must_be(
	const struct found *found, const char *expected, struct error *err)
{
	return error_set(err, FAIL_CONFIG, "%s:%d: '%s' must be %s",
		found->path, (int)config_setting_source_line(found->value),
		found->name, expected);
}

/* ---- the kinds ----------------------------------------------------------- */

static int take_text(const struct found *found, struct error *err)
{
	const char *text = config_setting_get_string(found->value);

	if (!text)
		return must_be(found, found->row->expected, err);
	if (strlen(text) >= SETTINGS_TEXT_MAX)
		return must_be(found, "shorter than 1024 characters", err);
	memcpy(found->at, text, strlen(text) + 1);
	return 0;
}

static void put_text(const void *at, struct buf *ret)
{
	buf_putc(ret, '"');
	for (const char *text = at; *text != '\0'; text++) {
		if (*text == '"' || *text == '\\')
			buf_putc(ret, '\\');
		buf_putc(ret, *text);
	}
	buf_putc(ret, '"');
}

static int read_number(
	const struct found *found, int *ret_number, struct error *err)
{
	int number = config_setting_get_int(found->value);

	if (config_setting_type(found->value) != CONFIG_TYPE_INT ||
		number < found->row->least || number > found->row->most)
		return must_be(found, found->row->expected, err);
	*ret_number = number;
	return 0;
}

static int take_number(const struct found *found, struct error *err)
{
	return read_number(found, found->at, err);
}

static void put_number(const void *at, struct buf *ret)
{
	buf_printf(ret, "%d", *(const int *)at);
}

/* Seconds in the file, milliseconds in the program. */
static int take_seconds(const struct found *found, struct error *err)
{
	int seconds = 0;
	int fail = read_number(found, &seconds, err);

	if (fail == 0)
		*(int64_t *)found->at = (int64_t)seconds * 1000;
	return fail;
}

static void put_seconds(const void *at, struct buf *ret)
{
	buf_printf(ret, "%d", (int)(*(const int64_t *)at / 1000));
}

static int take_yes_no(const struct found *found, struct error *err)
{
	if (config_setting_type(found->value) != CONFIG_TYPE_BOOL)
		return must_be(found, found->row->expected, err);
	*(bool *)found->at = config_setting_get_bool(found->value) != 0;
	return 0;
}

static void put_yes_no(const void *at, struct buf *ret)
{
	buf_puts(ret, *(const bool *)at ? "true" : "false");
}

static const char *const levels[] = {
	[LOG_LEVEL_DEBUG] = "debug",
	[LOG_LEVEL_INFO] = "info",
	[LOG_LEVEL_WARN] = "warn",
	[LOG_LEVEL_ERROR] = "error",
};

static int take_level(const struct found *found, struct error *err)
{
	const char *text = config_setting_get_string(found->value);

	for (int i = 0; text && i <= LOG_LEVEL_ERROR; i++)
		if (strcmp(text, levels[i]) == 0) {
			*(enum log_level *)found->at = (enum log_level)i;
			return 0;
		}
	return must_be(found, found->row->expected, err);
}

static void put_level(const void *at, struct buf *ret)
{
	buf_printf(ret, "\"%s\"", levels[*(const enum log_level *)at]);
}

/* A string, or a list of strings. */
static int take_scopes(const struct found *found, struct error *err)
{
	struct settings_scopes scopes = { .declared = true };
	const config_setting_t *value = found->value;
	bool listed = config_setting_is_array(value) ||
		      config_setting_is_list(value);
	int count = listed ? config_setting_length(value) : 1;

	for (int i = 0; i < count; i++) {
		const config_setting_t *one = listed ? config_setting_get_elem(
							       value,
							       (unsigned)i)
						     : value;
		const char *text = config_setting_get_string(one);
		struct found element = *found;

		element.value = one;
		if (!text)
			return must_be(&element, found->row->expected, err);
		if (scopes_set_parse(text, &scopes.set, err) < 0)
			return error_prefix(err, "%s:%d: '%s'", found->path,
				(int)config_setting_source_line(one),
				found->name);
	}
	*(struct settings_scopes *)found->at = scopes;
	return 0;
}

/* Nothing while nothing is declared: the row's example is written then. */
static void put_scopes(const void *at, struct buf *ret)
{
	const struct settings_scopes *scopes = at;
	const char *comma = "";

	if (!scopes->declared)
		return;
	buf_puts(ret, "[ ");
	for (int i = 0; i < CATALOGUE_SCOPES; i++) {
		enum catalogue_level level = (enum catalogue_level)
						     scopes->set.level[i];

		if (level == CATALOGUE_NONE)
			continue;
		buf_printf(ret, "%s\"%s=%s\"", comma, catalogue_scopes[i].id,
			catalogue_level_name(level));
		comma = ", ";
	}
	buf_puts(ret, " ]");
}

static const struct setting_kind kind_text = { take_text, put_text };
static const struct setting_kind kind_number = { take_number, put_number };
static const struct setting_kind kind_seconds = { take_seconds, put_seconds };
static const struct setting_kind kind_yes_no = { take_yes_no, put_yes_no };
static const struct setting_kind kind_level = { take_level, put_level };
static const struct setting_kind kind_scopes = { take_scopes, put_scopes };

/* ---- the rows ------------------------------------------------------------ */

/* Once for each region; base_url's default is in the region's own row. */
static const struct setting_row region_rows[] = {
	{ .name = "base_url",
		.kind = &kind_text,
		.offset = offsetof(struct settings_region, base_url),
		.expected = "a URL" },
	{ .name = "client_id",
		.kind = &kind_text,
		.offset = offsetof(struct settings_region, client_id),
		.expected = "the app's client id" },
	{ .name = "redirect_uri",
		.kind = &kind_text,
		.offset = offsetof(struct settings_region, redirect_uri),
		.text = "https://exact.codat.io/oauth/callback",
		.expected = "the redirect URL as registered",
		.comment = "The redirect URL, exactly as registered with the "
			   "app. The owner of its\n"
			   "host receives the sign-in code; 'login' names "
			   "that host.\n" },
	{ .name = "receiver_is_ours",
		.kind = &kind_yes_no,
		.offset = offsetof(struct settings_region, receiver_is_ours),
		.expected = "true or false",
		.comment = "true when that host is yours: 'login' then prints "
			   "no warning.\n" },
	{ .name = "scopes",
		.kind = &kind_scopes,
		.offset = offsetof(struct settings_region, scopes),
		.expected = "scopes with levels: [ \"crm.accounts=manage\", "
			    "… ]",
		.comment = "The scopes that the app is registered with. 'sync' "
			   "does not read a list\n"
			   "whose scope is missing here. 'scopes check ID' "
			   "compares this setting\n"
			   "with what works; 'scopes list' names all scopes.\n",
		.example = "[ \"financial.accounting=read\", "
			   "\"crm.accounts=manage\" ]" },
};

static const struct setting_row rows[] = {
	{ .name = "limits.minute",
		.kind = &kind_number,
		.offset = offsetof(struct settings, limits.minute),
		.number = 60,
		.least = 1,
		.most = RATELIMIT_MINUTE_MAX,
		.expected = "a number from 1 to 600",
		.comment = "Calls a minute and company (division). Exact's "
			   "standard is 60. Lower\n"
			   "limits that Exact reports are obeyed; higher "
			   "limits only if set here.\n" },
	{ .name = "limits.day",
		.kind = &kind_number,
		.offset = offsetof(struct settings, limits.day),
		.number = 5000,
		.least = 1,
		.most = 1000000,
		.expected = "a number from 1 to 1000000",
		.comment = "Calls a day and company. Exact's standard is "
			   "5000.\n" },
	{ .name = "sync.reference_interval_s",
		.kind = &kind_seconds,
		.offset = offsetof(struct settings, reference_ms),
		.number = (int)(ENTITY_REFERENCE_MS / 1000),
		.least = 1,
		.most = 604800,
		.expected = "seconds from 1 to 604800",
		.comment = "Accounts, journals, VAT codes, items, relations "
			   "and the division are read\n"
			   "again after so many seconds; 'sync --fresh' "
			   "reads them at once.\n" },
	{ .name = "http.timeout_s",
		.kind = &kind_seconds,
		.offset = offsetof(struct settings, timeout_ms),
		.number = 120,
		.least = 5,
		.most = 3600,
		.expected = "seconds from 5 to 3600",
		.comment = "Seconds for one request and its answer.\n" },
	{ .name = "http.ca_file",
		.kind = &kind_text,
		.offset = offsetof(struct settings, ca_file),
		.expected = "a file of PEM certificates",
		.comment = "A PEM file of certificate authorities. Empty: "
			   "the system's.\n" },
	{ .name = "log.level",
		.kind = &kind_level,
		.offset = offsetof(struct settings, log_level),
		.number = LOG_LEVEL_INFO,
		.expected = "debug, info, warn or error",
		.comment = "debug, info, warn or error\n" },
};

#define REGION_ROWS (sizeof(region_rows) / sizeof(region_rows[0]))
#define ROWS        (sizeof(rows) / sizeof(rows[0]))

static_assert(RATELIMIT_MINUTE_MAX == 600,
	"what limits.minute expects names the greatest number");

/* The setting number `index` of all settings, regions first; false after the
 * last. `settings` may be NULL when only the name is asked for. */
static bool find_at(size_t index, struct settings *settings, struct found *ret)
{
	size_t region = index / REGION_ROWS;
	char *base = (char *)settings;

	*ret = (struct found){ 0 };
	if (region < region_count) {
		ret->row = &region_rows[index % REGION_ROWS];
		snprintf(ret->name, sizeof(ret->name), "regions.%s.%s",
			region_table[region].name, ret->row->name);
		if (settings)
			base = (char *)&settings->regions[region];
	} else if (index - region_count * REGION_ROWS < ROWS) {
		ret->row = &rows[index - region_count * REGION_ROWS];
		snprintf(ret->name, sizeof(ret->name), "%s", ret->row->name);
	} else {
		return false;
	}
	if (settings)
		ret->at = base + ret->row->offset;
	return true;
}

static bool find_name(
	const char *name, struct settings *settings, struct found *ret)
{
	for (size_t i = 0; find_at(i, settings, ret); i++)
		if (strcmp(ret->name, name) == 0)
			return true;
	return false;
}

/* ---- reading ------------------------------------------------------------- */

static bool is_group(const char *name)
{
	size_t len = strlen(name);
	struct found one;

	for (size_t i = 0; find_at(i, NULL, &one); i++)
		if (strncmp(one.name, name, len) == 0 && one.name[len] == '.')
			return true;
	return false;
}

/* A setting without a row. */
static int refuse(const struct found *found, struct error *err)
{
	int line = (int)config_setting_source_line(found->value);

	if (strcasestr(found->name, "secret"))
		return error_set(err, FAIL_CONFIG,
			"%s:%d: secrets are not kept in this file; remove "
			"'%s' and run 'exact-connector secret REGION'",
			found->path, line, found->name);
	return error_set(err, FAIL_CONFIG,
		"%s:%d: there is no setting '%s'; exact-connector.conf(5) "
		"lists the settings",
		found->path, line, found->name);
}

/* Takes every setting of a group. Only names of groups are entered, so the
 * depth is that of the rows: two. */
static int take_group(struct settings *settings, const config_setting_t *group,
	const char *prefix, const char *path, struct error *err)
{
	int count = config_setting_length(group);

	for (int i = 0; i < count; i++) {
		const config_setting_t *value = config_setting_get_elem(
			group, (unsigned)i);
		struct found one;
		char name[256];
		bool known;
		int fail;

		if (snprintf(name, sizeof(name), "%s%s%s", prefix,
			    prefix[0] == '\0' ? "" : ".",
			    config_setting_name(value)) >= (int)sizeof(name))
			return error_set(err, FAIL_CONFIG,
				"%s:%d: this name is too long", path,
				(int)config_setting_source_line(value));
		known = find_name(name, settings, &one);
		one.value = value;
		one.path = path;
		if (!known)
			snprintf(one.name, sizeof(one.name), "%.60s", name);
		if (known)
			fail = one.row->kind->take(&one, err);
		else if (!is_group(name))
			fail = refuse(&one, err);
		else if (config_setting_is_group(value))
			fail = take_group(settings, value, name, path, err);
		else
			fail = must_be(&one, "a group: { … }", err);
		if (fail < 0)
			return fail;
	}
	return 0;
}

static void trim_slashes(char *url)
{
	size_t len = strlen(url);

	while (len > 0 && url[len - 1] == '/')
		url[--len] = '\0';
}

void settings_defaults(struct settings *ret)
{
	struct found one;

	*ret = (struct settings){ 0 };
	for (size_t i = 0; find_at(i, ret, &one); i++) {
		const struct setting_row *row = one.row;

		if (row->kind == &kind_text && row->text)
			memcpy(one.at, row->text, strlen(row->text) + 1);
		else if (row->kind == &kind_number)
			*(int *)one.at = row->number;
		else if (row->kind == &kind_seconds)
			*(int64_t *)one.at = (int64_t)row->number * 1000;
		else if (row->kind == &kind_level)
			*(enum log_level *)one.at = (enum log_level)row->number;
	}
	for (size_t i = 0; i < region_count; i++) {
		ret->regions[i].name = region_table[i].name;
		snprintf(ret->regions[i].base_url, SETTINGS_TEXT_MAX, "%s",
			region_table[i].base_url);
	}
}

/* Two things that libconfig would do with the bytes and must not: stop at a
 * NUL as if the file ended there, and include other files, whose lines an
 * error could not name. */
static int check_bytes(
	const struct buf *text, const char *path, struct error *err)
{
	int line = 1;

	if (memchr(text->data, '\0', text->len))
		return error_set(err, FAIL_CONFIG,
			"%s holds a NUL byte; it must be a text file", path);
	for (const char *at = text->data; *at != '\0'; line++) {
		const char *word = at + strspn(at, " \t");

		if (strncmp(word, "@include", 8) == 0)
			return error_set(err, FAIL_CONFIG,
				"%s:%d: @include is not supported; put all "
				"settings into this file",
				path, line);
		at += strcspn(at, "\n");
		at += *at == '\n';
	}
	return 0;
}

/* The file's text, after a byte order mark if there is one. */
static int read_text(const char *path, struct buf *ret, const char **ret_start,
	struct error *err)
{
	struct error why = { 0 };
	int fail;

	if (access(path, F_OK) != 0 && errno == ENOENT)
		return error_set(err, FAIL_CONFIG,
			"the configuration %s does not exist; make it with "
			"'exact-connector init'",
			path);
	if (file_read(path, SETTINGS_BYTES_MAX, ret, &why) < 0)
		return error_set(err, FAIL_CONFIG,
			"the configuration cannot be read: %.400s", why.text);
	fail = check_bytes(ret, path, err);
	if (fail < 0)
		return fail;
	*ret_start = ret->data +
		     (strncmp(ret->data, "\xef\xbb\xbf", 3) == 0 ? 3 : 0);
	return 0;
}

int settings_read(const char *path, struct settings *ret, struct error *err)
{
	struct settings settings;
	const char *start = NULL;
	struct buf text;
	config_t file;
	int fail;

	settings_defaults(&settings);
	if (snprintf(settings.path, SETTINGS_TEXT_MAX, "%s", path) >=
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
	fail = take_group(&settings, config_root_setting(&file), "", path, err);
	if (fail < 0)
		goto done;
	for (size_t i = 0; i < region_count; i++)
		trim_slashes(settings.regions[i].base_url);
	*ret = settings;
done:
	config_destroy(&file);
	buf_free(&text);
	return fail;
}

bool settings_name(size_t index, char ret[static SETTINGS_NAME_MAX])
{
	struct found one;

	if (!find_at(index, NULL, &one))
		return false;
	memcpy(ret, one.name, sizeof(one.name));
	return true;
}

const struct settings_region *settings_region(
	const struct settings *settings, const char *name)
{
	for (size_t i = 0; i < region_count; i++)
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
			"client id of the app that is registered in Exact's "
			"App Center for %s",
			settings->path, region->name,
			region_find(region->name)->country);
	for (const char *at = region->client_id; *at != '\0'; at++)
		if ((unsigned char)*at <= ' ' || *at == 0x7f)
			return error_set(err, FAIL_CONFIG,
				"%s: 'regions.%s.client_id' holds a blank or "
				"control character; copy it again from Manage "
				"my apps",
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

/* ---- writing ------------------------------------------------------------- */

static void put_comment(struct buf *ret, const char *indent, const char *text)
{
	while (text && *text != '\0') {
		size_t len = strcspn(text, "\n");

		buf_printf(ret, "%s# %.*s\n", indent, (int)len, text);
		text += len + (text[len] == '\n');
	}
}

static void put_setting(struct buf *ret, const char *indent,
	const struct setting_row *row, const char *name, const void *at)
{
	struct buf value;

	buf_init(&value, SETTINGS_BYTES_MAX);
	row->kind->put(at, &value);
	put_comment(ret, indent, row->comment);
	if (value.len > 0)
		buf_printf(ret, "%s%s = %s;\n", indent, name, value.data);
	else
		buf_printf(ret, "%s# %s = %s;\n", indent, name, row->example);
	buf_free(&value);
}

static void put_regions(const struct settings *settings, struct buf *ret)
{
	buf_puts(ret, "regions : {\n");
	for (size_t i = 0; i < region_count; i++) {
		const char *region = (const char *)&settings->regions[i];

		buf_printf(ret,
			"\t# Exact Online for %s. Each country has its own "
			"app, with its own\n\t# client id and secret (App "
			"Center, Manage my apps).\n\t%s : {\n",
			region_table[i].country, region_table[i].name);
		for (size_t k = 0; k < REGION_ROWS; k++)
			put_setting(ret, "\t\t", &region_rows[k],
				region_rows[k].name,
				region + region_rows[k].offset);
		buf_puts(ret, "\t};\n");
	}
	buf_puts(ret, "};\n");
}

void settings_write(const struct settings *settings, struct buf *ret)
{
	const char *group = "";
	size_t len = 0;

	buf_puts(ret,
		"# exact-connector's configuration. "
		"exact-connector.conf(5) explains every setting.\n"
		"# Client secrets are not kept here; 'exact-connector secret "
		"REGION' stores them\n# encrypted.\n\n");
	put_regions(settings, ret);
	for (size_t i = 0; i < ROWS; i++) {
		const char *name = strchr(rows[i].name, '.') + 1;

		if (strncmp(rows[i].name, group, len + 1) != 0 || len == 0) {
			buf_puts(ret, len == 0 ? "\n" : "};\n\n");
			group = rows[i].name;
			len = (size_t)(name - 1 - group);
			buf_printf(ret, "%.*s : {\n", (int)len, group);
		}
		put_setting(ret, "\t", &rows[i], name,
			(const char *)settings + rows[i].offset);
	}
	buf_puts(ret, "};\n");
}
