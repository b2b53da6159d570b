/*
 * The scopes that an app can be registered with in Exact's App Center, and
 * those that the setup guide recommends.
 *
 * A scope is a right of the app, not of the sign-in: it is chosen once, in
 * the app's registration, as None, Read or Manage. Exact writes a scope in
 * two forms: "financial.accounting" in its refusals, "Financial accounting" in
 * its documentation.
 */
#ifndef SCOPES_CATALOGUE_H
#define SCOPES_CATALOGUE_H

#include <stddef.h>

#define CATALOGUE_SCOPES      46
#define CATALOGUE_RECOMMENDED 13

enum catalogue_level {
	CATALOGUE_NONE,  /* the app may do nothing there */
	CATALOGUE_READ,  /* read */
	CATALOGUE_MANAGE /* read and write */
};

struct catalogue_scope {
	const char *id;      /* "financial.accounting" */
	const char *group;   /* "Financial" */
	const char *name;    /* "accounting" */
	const char *printed; /* "Financial accounting" */
};

/* In the App Center's order. Everywhere a scope's number is its index here. */
extern const struct catalogue_scope catalogue_scopes[CATALOGUE_SCOPES];

/* One row of the recommended list; a scope without a row stays at None. */
struct catalogue_advice {
	const char *id;
	enum catalogue_level level;
	enum catalogue_level bank_feeds; /* when bank feeds are used */
};

extern const struct catalogue_advice
	catalogue_recommended[CATALOGUE_RECOMMENDED];

/* The scope's number by its id, or -1. */
int catalogue_find(const char *id, size_t len);
/* The scope whose id is nearest to the text; of equals the first. */
int catalogue_nearest(const char *text, size_t len);
/* The row of the recommended list for this scope, or NULL. */
const struct catalogue_advice *catalogue_advice(int scope);

/* "none", "read", "manage" */
const char *catalogue_level_name(enum catalogue_level level);
/* By that name, or -1. */
int catalogue_level_find(const char *text, size_t len);

#endif
