/*
 * Apps with their secrets, redirect URIs and scopes; users and the divisions
 * that they may open; and which user gave which app consent, for which of
 * those divisions.
 *
 *	may read = app's scopes AND consent's divisions AND user's divisions
 *
 * All tables have fixed sizes; nothing is ever removed, only switched off.
 */
#ifndef SANDBOX_DIRECTORY_H
#define SANDBOX_DIRECTORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sandbox/sandbox.h"

#define DIRECTORY_APPS      2
#define DIRECTORY_USERS     128
#define DIRECTORY_DIVISIONS 1024

/* A set of divisions, by the order in which they were added. */
struct directory_set {
	uint64_t bits[DIRECTORY_DIVISIONS / 64];
};

struct directory_app {
	const char *name; /* "nl", for the control endpoint */
	enum sandbox_region region;
	const char *client_id;
	const char *secret;
	char scopes[2048]; /* "crm.accounts,financial.accounting,…" */
};

struct directory_consent {
	bool given;
	struct directory_set divisions;
};

struct directory_user {
	char name[64];
	char id[2][37]; /* GUID per region */
	bool active;
	int current; /* CurrentDivision, 0: the first */
	struct directory_set divisions;
	struct directory_consent consents[DIRECTORY_APPS];
};

struct directory {
	uint64_t seed;
	struct directory_app apps[DIRECTORY_APPS];
	struct directory_user users[DIRECTORY_USERS];
	size_t user_count;
	int divisions[DIRECTORY_DIVISIONS]; /* codes */
	enum sandbox_region regions[DIRECTORY_DIVISIONS];
	size_t division_count;
};

/* Adds the two apps and user jan, who owns no division yet. */
void directory_init(struct directory *directory, uint64_t seed);

/* Each returns an index, or -1. */
int directory_find_client(
	const struct directory *directory, const char *client_id);
int directory_find_app(const struct directory *directory, const char *name);
int directory_find_user(const struct directory *directory, const char *name);
int directory_find_division(const struct directory *directory, int code);

/* The index of the new user, or of the existing user of that name. -1: the
 * table is full, or the name is empty or too long. */
int directory_add_user(struct directory *directory, const char *name);
/* The index of the new division, which no user owns; -1: the table is full. */
int directory_add_division(
	struct directory *directory, int code, enum sandbox_region region);

/* True for the registered URI, and for any path on loopback over plain http. */
bool directory_redirect_allowed(const char *redirect_uri);
/* `scopes` of an endpoint: NULL, one, or several separated by `|`, any of which
 * is enough. */
bool directory_scope_granted(
	const struct directory_app *app, const char *scopes);

void directory_set_add(struct directory_set *set, int index);
bool directory_set_has(const struct directory_set *set, int index);
/* Reads "100001,100002"; false when a number is unknown or malformed. */
bool directory_set_parse(const struct directory *directory, const char *list,
	struct directory_set *ret);

/* Does the division belong to the host that this app is registered at? */
bool directory_in_region(
	const struct directory *directory, int app, int division);
/* May this user open the division, through this app's region? */
bool directory_user_opens(
	const struct directory *directory, int user, int app, int division);
/* … and did the user consent to it? */
bool directory_consented(
	const struct directory *directory, int user, int app, int division);
/* The CurrentDivision of current/Me: a code, or 0. */
int directory_current_division(
	const struct directory *directory, int user, int app);

#endif
