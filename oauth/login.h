/*
 * One login: an Exact user's consent to one app, as one chain of refresh
 * tokens. Plain data, its bytes for the vault, and the arithmetic of ages.
 *
 *	          sent     received      receipt+570 s      send+590 s
 *	  ─────────┼───────────┼───────────────┼─────────────────┼──────►
 *	           │ (on the way)              │                 │
 *	           └── usable until ───────────┼─────────────────┘
 *	                       └── refresh may go from ┘
 *
 * A reply that took longer than 20 s leaves a gap in which the token is too
 * old to use and too young to refresh. When expires_in is not 600, both ages
 * scale with it (590/600 and 570/600 of expires_in); a refresh never goes
 * sooner than 570 s when expires_in is longer than 600.
 *
 * Ages are counted in boot_ms. After a reboot only the wall clock is left,
 * and it may have jumped. But no age is less than the time since boot, so a
 * token is given out only while it is clearly young. When the wall clock
 * contradicts the time since boot, the token counts as too old to use, and a
 * refresh goes when the machine has been up for 570 s.
 */
#ifndef OAUTH_LOGIN_H
#define OAUTH_LOGIN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/clock.h"
#include "base/error.h"

#define LOGIN_REFRESH_MAX    4096
#define LOGIN_ACCESS_MAX     8192
#define LOGIN_ID_MAX         64
#define LOGIN_VAULT_NAME_MAX 64  /* a hash, or consent-… */
#define LOGIN_TEXT_MAX       200 /* names and sentences */
#define LOGIN_HOST_MAX       256
#define LOGIN_CLIENT_MAX     256
#define LOGIN_USER_MAX       64

#define LOGIN_DAY_REQUESTS 200 /* token requests, per app, user and UTC day */

enum login_status {
	LOGIN_PENDING, /* a code is being exchanged: no tokens yet */
	LOGIN_ALIVE,
	LOGIN_SIGN_IN /* a person must consent again; `cause` says why */
};

/* Why a person must consent again. */
enum login_cause {
	LOGIN_CAUSE_NONE,
	LOGIN_CAUSE_LOST,      /* Exact issued it; our disk never got it */
	LOGIN_CAUSE_ELSEWHERE, /* another installation used the token */
	LOGIN_CAUSE_RESTORED,  /* the login's file is an older copy */
	LOGIN_CAUSE_CHAIN,     /* Exact ended the chain: another consent */
	LOGIN_CAUSE_EXPIRED,   /* 30 days without a refresh */
	LOGIN_CAUSE_MALFORMED, /* Exact can't read the token */
	LOGIN_CAUSE_REVOKED,   /* the API refuses even fresh tokens */
	LOGIN_CAUSES
};

struct login_moment {
	int64_t boot_ms;
	int64_t wall_ms; /* 0: never */
	char boot_id[40];
};

/* Recorded durably before a refresh is sent. */
struct login_intent {
	uint64_t counter;    /* 0: no intent was ever recorded */
	uint64_t generation; /* the generation that the refresh spends */
	struct login_moment at;
	int64_t day; /* UTC day, and its token requests with this one */
	uint32_t day_requests;
};

struct login {
	/* who */
	char id[LOGIN_ID_MAX + 1]; /* for people: "nl-jan-3f9c21" */
	char region[16];
	char host[LOGIN_HOST_MAX];
	char client_id[LOGIN_CLIENT_MAX];
	char user_id[LOGIN_USER_MAX]; /* Exact's GUID */
	char user[LOGIN_TEXT_MAX];    /* UserName */
	char full_name[LOGIN_TEXT_MAX];
	/* the chain */
	enum login_status status;
	enum login_cause cause;
	struct login_moment cause_at;
	char cause_text[LOGIN_TEXT_MAX]; /* a sentence with the remedy */
	uint64_t generation;             /* of the pair below; 0: none */
	char refresh[LOGIN_REFRESH_MAX + 1];
	char access[LOGIN_ACCESS_MAX + 1]; /* "": no usable token */
	struct login_moment sent;
	struct login_moment received;
	int64_t expires_in_s;
	struct login_moment consented; /* when a person last consented */
	char joined[LOGIN_VAULT_NAME_MAX +
		    1]; /* that consent's name in the vault */
	/* 401 answers */
	uint32_t refusals; /* 401s to this generation while it was young */
	struct login_moment refused;
	bool chain_refused; /* the generation before was refused, too */
	/* refreshing */
	uint64_t answered; /* intents up to this counter have an outcome */
	bool doubt;        /* Exact may have rotated unseen in one of them */
	uint32_t failures; /* passing failures in a row */
	struct login_moment failed;
	int64_t retry_ms; /* the next try is this long after `failed` */
	char failure[LOGIN_TEXT_MAX];
	int64_t day;
	uint32_t day_requests;
	/* as loaded; not stored */
	struct login_intent intent;
	bool torn;                /* a write was cut short, and lost nothing */
	uint64_t high_generation; /* the highest this machine ever reached */
};

/* Sets everything to zero, tokens first. */
void login_wipe(struct login *login);
/* On the heap, all zero; NULL when there is no memory. */
struct login *login_new(void);
/* Wipes the login first. */
void login_free(struct login *login);

/* The login as bytes for the vault, and back. login_encode: FAIL_INPUT when the
 * bytes don't fit `size`. login_decode: FAIL_STORE when the bytes are no login;
 * fields that a newer version added are skipped. */
int login_encode(const struct login *login, unsigned char *bytes, size_t size,
	size_t *ret_len, struct error *err) MUST_CHECK;
int login_decode(const unsigned char *bytes, size_t len, struct login *ret,
	struct error *err) MUST_CHECK;

/* The vault name of (host, client id, Exact user id): 32 hex digits. */
int login_vault_name(const char *host, const char *client_id,
	const char *user_id,
	char ret[static LOGIN_VAULT_NAME_MAX + 1]) MUST_CHECK;
/* "nl-jan-3f9c21" from region, user name and the vault name's beginning. */
void login_make_id(const char *region, const char *user, const char *vault_name,
	char ret[static LOGIN_ID_MAX + 1]);

/* "alive", "sign-in needed", "unknown", "pending". */
const char *login_state_name(const struct login *login);
/* "lost", "elsewhere", "expired", …; "" for none. */
const char *login_cause_name(enum login_cause cause);
/* The login now needs a sign-in for this cause. `detail` is Exact's words or
 * "". */
void login_end(struct login *login, enum login_cause cause, const char *detail,
	struct instant now, const char *boot_id);

struct login_moment login_moment(struct instant at, const char *boot_id);
/* Milliseconds since `moment`, at least (0 or more). After a reboot: by the
 * wall clock, but never less than the time since boot. *ret_sure says whether
 * the age is exact. INT64_MAX when `moment` never was. */
int64_t login_age(const struct login_moment *moment, struct instant now,
	const char *boot_id, bool *ret_sure);

/* Is the access token young enough to give out? Refusals are not considered. */
bool login_usable(
	const struct login *login, struct instant now, const char *boot_id);
/* Is the newest intent still without an outcome? */
bool login_unknown(const struct login *login);
/* When a refresh may be sent, in boot_ms (now.boot_ms or less: at once).
 * ret_why (LOGIN_TEXT_MAX) says why it must wait; "" when the token is only too
 * young. */
int64_t login_refresh_from(const struct login *login, struct instant now,
	const char *boot_id, char *ret_why);
/* Is the token so old that a 401 only means it expired? */
bool login_old(
	const struct login *login, struct instant now, const char *boot_id);
/* Token requests made on this UTC day: the larger of the two records'
 * counts. */
uint32_t login_requests_today(const struct login *login, struct instant now);
/* Is a refresh due only because a refresh token lives for 30 days? */
bool login_idle(
	const struct login *login, struct instant now, const char *boot_id);

#endif
