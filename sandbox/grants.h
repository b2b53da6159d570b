/*
 * Codes and tokens: issued, rotated, refused.
 *
 * There is one chain per (app, user). Each code login starts a new chain,
 * which ends the earlier one; each refresh makes the next generation:
 *
 *	login        refresh       refresh
 *	R1 A1  ──►   R2 A2   ──►   R3 A3
 *
 *	strict:  R1 is old as soon as R2 exists.
 *	lenient: R1 lives until R2 or A2 is used; then it is old, too.
 *
 * No token text is stored. A text contains its own number, and is made again
 * from seed, kind and number to be compared. A record is 32 bytes; the last
 * GRANTS_KEPT are kept, and a token without a record counts as old.
 */
#ifndef SANDBOX_GRANTS_H
#define SANDBOX_GRANTS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "sandbox/directory.h"

#define GRANTS_KEPT     65536
#define GRANTS_TEXT_MAX 1300 /* the longest text and its NUL */

enum grants_kind {
	GRANTS_CODE,
	GRANTS_ACCESS,
	GRANTS_REFRESH
};

/* The judgement of a code or token that a request brings. */
enum grants_verdict {
	GRANTS_GOOD,
	GRANTS_MALFORMED,  /* not a text that we made */
	GRANTS_FOREIGN,    /* another app's */
	GRANTS_USED,       /* a code for the second time */
	GRANTS_OLD,        /* a refresh token that has been rotated */
	GRANTS_EXPIRED,    /* past its life */
	GRANTS_EARLY,      /* the youngest token is too young for a refresh */
	GRANTS_BROKEN,     /* its chain was ended: revoked, or a new login */
	GRANTS_MISMATCHED, /* the code's redirect URI differs */
	GRANTS_INACTIVE    /* its user was deactivated */
};

struct grants_record {
	uint64_t redirect; /* hash of a code's redirect URI */
	int64_t issued_ms;
	uint32_t chain;
	uint32_t generation;
	uint16_t user;
	uint8_t app;
	uint8_t kind;
	bool used;
};

struct grants_chain {
	uint32_t id;       /* 0: none */
	uint32_t newest;   /* generation issued last */
	uint32_t oldest;   /* refresh tokens below are old */
	uint32_t ended;    /* access tokens of chains up to this id are dead */
	int64_t issued_ms; /* when the newest was issued */
	int64_t day;       /* UTC day number of day_requests */
	int day_requests;  /* token requests accepted that day */
	int64_t issued_total;
	int64_t requests_total;
};

struct grants {
	const struct sandbox_options *options; /* borrowed */
	struct directory *directory;           /* borrowed */
	struct grants_record *records;         /* owned, GRANTS_KEPT */
	uint64_t next;                         /* number of the next record */
	uint32_t next_chain;
	struct grants_chain chains[DIRECTORY_APPS][DIRECTORY_USERS];
};

/* The life of an authorization code. */
#define GRANTS_CODE_LIFE_MS 180000

int grants_init(struct grants *grants, const struct sandbox_options *options,
	struct directory *directory) MUST_CHECK;
void grants_free(struct grants *grants);

/* The youngest age at which a token may be refreshed. */
int64_t grants_refresh_age_ms(const struct grants *grants);

/* Issues a code for a new consent. */
void grants_issue_code(struct grants *grants, int app, int user,
	const char *redirect_uri, int64_t now_ms,
	char ret_code[static GRANTS_TEXT_MAX]);

struct grants_pair {
	char access[GRANTS_TEXT_MAX];
	char refresh[GRANTS_TEXT_MAX];
};

/* GRANTS_GOOD fills ret. Otherwise nothing changes, unless the option that ends
 * a chain on reuse is set. `ret_user` (-1: unknown) and, for GRANTS_EXPIRED,
 * `ret_end_ms` are always set. */
enum grants_verdict grants_redeem_code(struct grants *grants, int app,
	const char *code, const char *redirect_uri, int64_t now_ms,
	int *ret_user, struct grants_pair *ret);
enum grants_verdict grants_refresh(struct grants *grants, int app,
	const char *refresh, int64_t now_ms, int *ret_user, int64_t *ret_end_ms,
	struct grants_pair *ret);

/* Judges the access token of an API call. `ret_app` and `ret_user` are -1 when
 * it is not ours. A good token counts as a use of its generation. */
enum grants_verdict grants_check_access(struct grants *grants,
	const char *access, int64_t now_ms, int *ret_app, int *ret_user);

/* The user of a code or refresh token; -1: unknown. */
int grants_user_of(struct grants *grants, const char *text, bool is_code);

/* The user takes the consent back: the chain and its access tokens end. */
void grants_revoke(struct grants *grants, int app, int user);

/* Counts a token request; false: the day's limit is used up. */
bool grants_count_request(
	struct grants *grants, int app, int user, int64_t now_ms);

#endif
