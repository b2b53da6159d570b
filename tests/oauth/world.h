/*
 * A real vault and a loop in virtual time, against an Exact of a few lines:
 * one chain, strict or lenient, that counts what it is asked and can fail in
 * every way that matters.
 */
#ifndef TESTS_OAUTH_WORLD_H
#define TESTS_OAUTH_WORLD_H

#include <check.h>
#include <stdbool.h>
#include <stdint.h>

#include "app/vault_adapter.h"
#include "oauth/consent.h"
#include "oauth/keeper.h"
#include "oauth/refresh.h"

#define MINUTE           60000
#define WORLD_START_WALL INT64_C(1795253400000)

/* All of the Exact, so that it can live in a file across a kill. */
struct world_exact {
	int chain;      /* refresh tokens are "r!CHAIN.NUMBER" */
	int number;     /* the newest one */
	bool lenient;   /* the one before works until the newest is used */
	int64_t issued; /* boot_ms of the newest token */
	int requests;   /* token requests seen */
	int rotations;  /* new tokens given out */
	int strays;     /* requests that were neither form we know */
};

enum world_fault {
	FAULT_NONE,
	FAULT_LOST,   /* processed; the reply never comes */
	FAULT_UNSEEN, /* not processed; the connection breaks */
	FAULT_UNSENT, /* could not connect */
	FAULT_EMPTY,  /* processed; empty 200 */
	FAULT_BUSY,   /* 503, not processed */
	FAULT_CONFIG, /* 400 invalid_request */
	FAULT_ODD     /* 400 in words that nobody knows */
};

struct world {
	struct world_exact exact;
	enum world_fault fault; /* what the next token request meets */
	int64_t latency;        /* of each reply, in ms */
	char exact_path[128];   /* a file that `exact` is saved in; "": none */
	struct clock *clock;    /* owned, like all below */
	struct loop *loop;
	struct vault *vault;
	struct vault_ops ops;
	struct http_transport transport;
	char home[64], dir[96], key[96]; /* the vault's place */
};

/* How a refresh or a consent ended. */
struct outcome {
	bool done;
	int fail;
	struct error err;
	char name[LOGIN_VAULT_NAME_MAX + 1]; /* a consent's */
};

extern const struct credentials world_app;
extern const struct consent_user world_jan;

/* With a new and empty vault. */
void world_open(struct world *world);
/* With the vault that dir and key name. */
void world_reopen(struct world *world, int64_t wall_ms);
void world_close(struct world *world);
/* Keeps dir, key and exact_path. */
void world_leave(struct world *world);

void world_save_exact(const struct world *world);
void world_load_exact(struct world *world);

/* Lets that much virtual time pass. */
void world_pass(struct world *world, int64_t ms);

/* Starts a refresh that runs while the loop turns. */
struct refresh *world_start_refresh(struct world *world,
	const struct vault_ops *ops, const char *name, struct outcome *outcome);
/* What a refresh calls at its end; `arg` is a struct outcome. */
void world_refreshed(void *arg, int fail, const struct error *err);
struct outcome world_refresh(struct world *world, const char *name);

struct outcome world_exchange(struct world *world, const char *code);
/* A whole sign-in; ret_name gets the login's vault name. */
void world_sign_in(
	struct world *world, const struct consent_user *user, char *ret_name);
/* Fills an array of LOGIN_VAULT_NAME_MAX + 1 with a consent's name; for
 * consent_each(). */
int world_take_name(void *arg, const char *name, const struct login *consent);

struct keeper *world_keeper(struct world *world, const char *name);
struct keeper_answer world_ask(struct world *world, struct keeper *keeper);
/* A 401 to a request that was sent now, or `ms` ago. */
enum keeper_age world_refused(
	struct world *world, struct keeper *keeper, uint64_t generation);
enum keeper_age world_refused_after(struct world *world, struct keeper *keeper,
	uint64_t generation, int64_t ms);

/* For what also runs in a child process, where libcheck cannot report. */
void must(bool condition);

TCase *check_keeper_ages(void);
TCase *check_keeper_failures(void);
TCase *check_keeper_consent(void);
TCase *check_keeper_kills(void);
/* Runs as the child that the kill tests start. Its exit status. */
int check_keeper_child(char **args);

#endif
