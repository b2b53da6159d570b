/*
 * The configuration file: libconfig syntax, one file per state directory.
 * Every setting is a row of the table in settings.c; an unknown or ill-typed
 * one is refused with file, line and what is expected. It holds no secret.
 */
#ifndef CLI_SETTINGS_H
#define CLI_SETTINGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/log.h"
#include "ratelimit/ratelimit.h"
#include "scopes/scopes_set.h"

#define SETTINGS_TEXT_MAX 1024
#define SETTINGS_REGIONS  2

/* What the app is registered with, as far as the operator says. */
struct settings_scopes {
	bool declared; /* false: nothing is said */
	struct scopes_set set;
};

struct settings_region {
	char name[8];                      /* "nl", "uk" */
	char base_url[SETTINGS_TEXT_MAX];  /* no trailing slash */
	char client_id[SETTINGS_TEXT_MAX]; /* "" until it is filled in */
	char redirect_uri[SETTINGS_TEXT_MAX];
	bool receiver_is_ours; /* the redirect URI's host is the operator's */
	struct settings_scopes scopes;
};

struct settings {
	char path[SETTINGS_TEXT_MAX]; /* where it was read */
	struct settings_region regions[SETTINGS_REGIONS];
	struct ratelimit_limits limits;
	char ca_file[SETTINGS_TEXT_MAX]; /* "" for the system's */
	int64_t timeout_ms;
	enum log_level log_level;
};

/* FAIL_CONFIG with "FILE:LINE: …". */
int settings_read(
	const char *path, struct settings *ret, struct error *err) MUST_CHECK;
/* "regions.nl.base_url", …: the names of all settings; NULL at the end. */
const char *settings_name(size_t index);
/* NULL when there is no such region. */
const struct settings_region *settings_region(
	const struct settings *settings, const char *name);
/* FAIL_CONFIG unless the region can be signed in with: client id given,
 * without blanks; URLs allowed. */
int settings_region_check(const struct settings *settings,
	const struct settings_region *region, struct error *err) MUST_CHECK;

/* Text of a commented file with these values; "" for a client id. */
struct settings_template {
	const char *base_url[SETTINGS_REGIONS];
	const char *client_id[SETTINGS_REGIONS];
	const char *redirect_uri[SETTINGS_REGIONS];
	bool receiver_is_ours;
};
struct buf;
void settings_write(const struct settings_template *values, struct buf *ret);

#endif
