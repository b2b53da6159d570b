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
 * old to use and too young to refresh. Where expires_in is not 600 both ages
 * scale with it (590/600 and 570/600 of it; never sooner than 570 s when it
 * is longer).
 *
 * Ages are counted in boot_ms. After a reboot only the wall clock is left,
 * which may have jumped, so what it says is bounded by the time since boot,
 * which the age can't be below: a token is then given out only while clearly
 * young, and a contradiction means "too old to use, refresh when the machine
 * has been up for 570 s".
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
#define LOGIN_VAULT_NAME_MAX 64  /* in the vault: a hash, or consent-… */
#define LOGIN_TEXT_MAX       200 /* what people read */
#define LOGIN_HOST_MAX       256
#define LOGIN_CLIENT_MAX     256
#define LOGIN_USER_MAX       64

#define LOGIN_DAY_REQUESTS 200 /* token requests, per app, user and UTC day */

enum login_status {
	LOGIN_PENDING, /* a code is being exchanged; no tokens yet */
	LOGIN_ALIVE,
	LOGIN_SIGN_IN /* a person must consent again: cause */
};

/* Why a person must consent again. */
enum login_cause {
	LOGIN_CAUSE_NONE,
	LOGIN_CAUSE_LOST,      /* rotated there, never got to our disk */
	LOGIN_CAUSE_ELSEWHERE, /* spent by somebody else */
	LOGIN_CAUSE_RESTORED,  /* our own file is older than it should be */
	LOGIN_CAUSE_CHAIN,     /* another consent broke the chain */
	LOGIN_CAUSE_EXPIRED,   /* 30 days without a refresh */
	LOGIN_CAUSE_MALFORMED, /* Exact can't read the token at all */
	LOGIN_CAUSE_REVOKED,   /* fresh tokens are refused by the API */
	LOGIN_CAUSES
};

struct login_moment {
	int64_t boot_ms;
	int64_t wall_ms; /* 0: never */
	char boot_id[40];
};

/* Recorded durably before a refresh leaves. */
struct login_intent {
	uint64_t counter;    /* 0: there never was one */
	uint64_t generation; /* the one that is spent */
	struct login_moment at;
	int64_t day; /* UTC day, and its token requests, this one too */
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
	char access[LOGIN_ACCESS_MAX + 1]; /* "" : none that can be used */
	struct login_moment sent;
	struct login_moment received;
	int64_t expires_in_s;
	struct login_moment consented; /* the last time a person did */
	char joined[LOGIN_VAULT_NAME_MAX +
		    1]; /* that consent's name in the vault */
	/* 401 answers */
	uint32_t refusals; /* to this generation while young */
	struct login_moment refused;
	bool chain_refused; /* the generation before was refused too */
	/* refreshing */
	uint64_t answered; /* intents up to this counter have an outcome */
	bool doubt;        /* one of those may have been rotated unseen */
	uint32_t failures; /* in a row, passing ones */
	struct login_moment failed;
	int64_t retry_ms; /* not before `failed` plus this */
	char failure[LOGIN_TEXT_MAX];
	int64_t day;
	uint32_t day_requests;
	/* as loaded, not stored */
	struct login_intent intent;
	bool torn;                /* a write was cut short; nothing is lost */
	uint64_t high_generation; /* what this machine once reached */
};

/* Zero it, tokens first. */
void login_wipe(struct login *login);
/* On the heap, zeroed; NULL without memory. */
struct login *login_new(void);
/* Wipes. */
void login_free(struct login *login);

/* Bytes for the vault and back. encode: FAIL_INPUT when it does not fit
 * `size`. decode: FAIL_STORE when it is not ours; what a newer version
 * added is passed over. */
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
/* Sign-in needed, for this reason; `detail` is Exact's words or "". */
void login_end(struct login *login, enum login_cause cause, const char *detail,
	struct instant now, const char *boot_id);

struct login_moment login_moment(struct instant at, const char *boot_id);
/* Milliseconds since `moment` at least (0 or more). After a reboot: by the
 * wall clock, but never less than the machine is up. *ret_sure tells whether
 * it is exact. Never: INT64_MAX. */
int64_t login_age(const struct login_moment *moment, struct instant now,
	const char *boot_id, bool *ret_sure);

/* May the access token be given out, leaving refusals aside? */
bool login_usable(
	const struct login *login, struct instant now, const char *boot_id);
/* Is the newest intent without an outcome? */
bool login_unknown(const struct login *login);
/* When a refresh may go, in boot_ms (now.boot_ms or before: at once). ret_why
 * (LOGIN_TEXT_MAX) says what is waited for; "" when it's only the age. */
int64_t login_refresh_from(const struct login *login, struct instant now,
	const char *boot_id, char *ret_why);
/* Old enough for a 401 to mean nothing more than that? */
bool login_old(
	const struct login *login, struct instant now, const char *boot_id);
/* Token requests made on this UTC day, whichever record knows more. */
uint32_t login_requests_today(const struct login *login, struct instant now);
/* Is a refresh due for no other reason than the 30 days? */
bool login_idle(
	const struct login *login, struct instant now, const char *boot_id);

#endif
