/*
 * One sandbox, called directly, on a time of the test's own. It starts at
 * 2023-05-12 08:18:25 UTC, the moment of a recorded reply.
 */
#ifndef TESTS_SANDBOX_CORE_WORLD_H
#define TESTS_SANDBOX_CORE_WORLD_H

#include <check.h>
#include <stdbool.h>
#include <stdint.h>

#include "http/exchange.h"
#include "sandbox/sandbox.h"

#define WORLD_START INT64_C(1683879505000)
#define JOURNALS    "/api/v1/100001/financial/Journals?$select=ID"
#define LINES                                                                  \
	"/api/v1/100001/sync/Financial/TransactionLines?$filter=Timestamp+gt+" \
	"1L&$select=ID"

struct world {
	struct sandbox_options options; /* change before world_open() */
	struct sandbox *sandbox;
	struct instant now;
	struct exchange_reply reply; /* of the last request */
	struct buf lines;            /* the log */
	struct buf secrets;
};

struct world_tokens {
	char access[1300];
	char refresh[1300];
};

void world_init(struct world *world);
/* With `ledgers` divisions of the tests' own small ledger. */
void world_open(struct world *world, int ledgers);
void world_close(struct world *world);
void world_advance(struct world *world, int64_t ms);

/* Each sends one request and gives its status. */
int world_get(struct world *world, const char *target, const char *access);
int world_send(struct world *world, const char *method, const char *target,
	const char *access, const char *accept);
int world_form(struct world *world, const char *target, const char *body);
int world_control(struct world *world, const char *format, ...)
	FORMAT_LIKE(2, 3);

/* A header of the last reply; NULL when it has none. */
const char *world_header(const struct world *world, const char *name);
/* A header as a number; -1 when absent. */
int64_t world_number(const struct world *world, const char *name);
/* A member of the last reply's JSON object, which must be a plain string. */
void world_member(
	const struct world *world, const char *name, char *out, size_t size);
const char *world_body(const struct world *world);

extern const char *const world_nl[2]; /* client id and secret */
extern const char *const world_uk[2];

/* An authorise request under auto consent; the code as it travels. */
void world_code(
	struct world *world, const char *const app[2], char out[static 512]);
/* A token request with the code (still percent-encoded); gives the status. */
int world_redeem(
	struct world *world, const char *const app[2], const char *code);
int world_refresh(
	struct world *world, const char *const app[2], const char *refresh);
/* Both tokens of the last reply. */
void world_tokens(const struct world *world, struct world_tokens *ret);
/* All of it: a consent and its tokens. */
void world_login(struct world *world, const char *const app[2],
	struct world_tokens *ret);

TCase *core_login_case(void);
TCase *core_token_case(void);
TCase *core_quota_case(void);
TCase *core_api_case(void);
TCase *core_control_case(void);
TCase *core_rights_case(void);

#endif
