/*
 * The configuration file: libconfig syntax, one file per state directory.
 * Every setting is a row of a table in settings.c. An unknown or ill-typed
 * setting is refused with file, line and what is expected. The file holds no
 * secret.
 */
#ifndef APP_SETTINGS_H
#define APP_SETTINGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/log.h"
#include "connector/region.h"
#include "ratelimit/ratelimit.h"
#include "scopes/scopes_set.h"

#define SETTINGS_TEXT_MAX 1024
#define SETTINGS_NAME_MAX 64

/* The scopes that the app is registered with, as the operator declares. */
struct settings_scopes {
	bool declared; /* false: the configuration declares nothing */
	struct scopes_set set;
};

struct settings_region {
	const char *name;                  /* "nl"; of the region's row */
	char base_url[SETTINGS_TEXT_MAX];  /* no trailing slash */
	char client_id[SETTINGS_TEXT_MAX]; /* "" until it is filled in */
	char redirect_uri[SETTINGS_TEXT_MAX];
	bool receiver_is_ours; /* the redirect URI's host is the operator's */
	struct settings_scopes scopes;
};

struct settings {
	char path[SETTINGS_TEXT_MAX];               /* where it was read */
	struct settings_region regions[REGION_MAX]; /* as region_table[] */
	struct ratelimit_limits limits;
	char ca_file[SETTINGS_TEXT_MAX]; /* "" for the system's */
	int64_t timeout_ms;
	enum log_level log_level;
	int64_t reference_ms; /* minimum interval of reference lists */
};

/* What an empty file gives; no path. */
void settings_defaults(struct settings *ret);
/* FAIL_CONFIG with "FILE:LINE: …". */
int settings_read(
	const char *path, struct settings *ret, struct error *err) MUST_CHECK;
/* The text of a commented file with these values. */
struct buf;
void settings_write(const struct settings *settings, struct buf *ret);

/* "regions.nl.base_url", …: the names of all settings by index; false after
 * the last. */
bool settings_name(size_t index, char ret[static SETTINGS_NAME_MAX]);
/* NULL when there is no such region. */
const struct settings_region *settings_region(
	const struct settings *settings, const char *name);
/* FAIL_CONFIG unless the region can be signed in with: the client id is
 * given and has no blanks, and the URLs are allowed. */
int settings_region_check(const struct settings *settings,
	const struct settings_region *region, struct error *err) MUST_CHECK;

#endif
