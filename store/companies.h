/*
 * The registry: which companies there are, which login each is read with,
 * and which divisions each login was last seen to reach. One small SQLite
 * file, connector.db, in the state directory.
 */
#ifndef STORE_COMPANIES_H
#define STORE_COMPANIES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

#define COMPANY_ID_MAX   64
#define COMPANY_NAME_MAX 256

struct companies;

/* A connection's states, as Codat names them. */
enum company_state {
	COMPANY_PENDING_AUTH, /* added, nobody has signed in for it yet */
	COMPANY_LINKED,
	COMPANY_DEAUTHORIZED, /* was linked; access was taken away */
	COMPANY_UNLINKED      /* cut on our side */
};

struct company {
	char id[COMPANY_ID_MAX + 1];
	char name[COMPANY_NAME_MAX + 1]; /* UTF-8 */
	char region[8];                  /* "nl", "uk" */
	char login[COMPANY_ID_MAX + 1];  /* "" until linked */
	int64_t division;                /* 0 until known */
	enum company_state state;
	char state_reason[256]; /* why it is Deauthorized, or "" */
	int64_t created_wall_ms;
};

/* "PendingAuth", "Linked", … */
const char *company_state_name(enum company_state state);
/* [A-Za-z0-9._-]{1,64}, not "." or "..": it becomes a file's name. */
bool company_id_ok(const char *id);

/* Made if absent, mode 0600. FAIL_STORE. */
int companies_open(
	struct companies **ret, const char *path, struct error *err) MUST_CHECK;
void companies_close(struct companies *companies);

/* FAIL_USAGE when the id is taken. */
int companies_add(struct companies *companies, const struct company *company,
	struct error *err) MUST_CHECK;
/* All of them, or none: then *ret_at is the one that failed, or `count`. */
int companies_add_all(struct companies *companies, const struct company *list,
	size_t count, size_t *ret_at, struct error *err) MUST_CHECK;
/* FAIL_USAGE "no company 'x' …" when it isn't there. */
int companies_get(struct companies *companies, const char *id,
	struct company *ret, struct error *err) MUST_CHECK;
int companies_update(struct companies *companies, const struct company *company,
	struct error *err) MUST_CHECK;
int companies_remove(struct companies *companies, const char *id,
	struct error *err) MUST_CHECK;
/* In id order; fn returns 0 to go on. */
int companies_each(struct companies *companies,
	int (*fn)(void *arg, const struct company *company), void *arg,
	struct error *err) MUST_CHECK;

struct company_reach {
	int64_t division;
	char name[COMPANY_NAME_MAX + 1];
};

/* Replace what a login reaches. */
int companies_reach_set(struct companies *companies, const char *login,
	const struct company_reach *reach, int count,
	struct error *err) MUST_CHECK;
int companies_reach_each(struct companies *companies, const char *login,
	int (*fn)(void *arg, const struct company_reach *reach), void *arg,
	struct error *err) MUST_CHECK;

#endif
