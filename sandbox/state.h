/*
 * What the sandbox's own files share: the whole state, and one turn (one
 * request on its way to its reply). No file outside sandbox/ includes this.
 *
 *	sandbox_handle ── fault? ──► login_handle    /api/oauth2/auth
 *	                             token_handle    /api/oauth2/token
 *	                             api_handle      /api/v1/…  ──► odata
 *	                             control_handle  /control/…
 *	   then, for every reply: apply the fault, count errors, add quota
 *	   headers and common headers, write the log line.
 */
#ifndef SANDBOX_STATE_H
#define SANDBOX_STATE_H

#include <stdbool.h>
#include <stdint.h>

#include "sandbox/directory.h"
#include "sandbox/faults.h"
#include "sandbox/grants.h"
#include "sandbox/quota.h"
#include "sandbox/rights.h"
#include "sandbox/sandbox.h"

struct sandbox {
	struct sandbox_options options;
	struct directory directory;
	struct grants grants;
	struct quota quota;
	struct faults faults;
	struct rights rights;
	struct books *books; /* owned */
	char base_url[128];
	int64_t offset_ms; /* the server's clock is this far ahead */
	/* The answer to the next authorise request under auto_consent. */
	int next_user;
	bool next_all; /* all of that user's divisions, or next_divisions */
	struct directory_set next_divisions;
	bool next_denies;
	/* For /control/counters. */
	int64_t requests;
	int64_t refused;
	int64_t token_requests;
	int64_t api_calls;
	int64_t api_errors;
	int visible[DIRECTORY_DIVISIONS];
};

/* Which quota headers a reply carries. */
enum turn_rate {
	TURN_RATE_NONE,
	TURN_RATE_BOTH,
	TURN_RATE_MINUTE,
	TURN_RATE_DAY
};

struct turn {
	const struct exchange_request *request; /* borrowed */
	struct exchange_reply *reply;           /* borrowed */
	struct instant now;                     /* the loop's */
	int64_t now_ms;                         /* the server's UTC */
	char path[2048];                        /* percent-decoded */
	const char *query;                      /* as sent, or "" */
	int app;                                /* -1: not known */
	int user;                               /* -1: not known */
	int division;                           /* index, -1: none in the URL */
	enum turn_rate rate;
	bool strike;                  /* an error status of this call is
				         counted */
	char endpoint[128];           /* errors are counted under this name */
	const char *grant;            /* of a token request, or NULL */
	const struct faults_set *set; /* the fault that it meets, or NULL */
};

void login_handle(struct sandbox *sandbox, struct turn *turn);
void token_handle(struct sandbox *sandbox, struct turn *turn);
void api_handle(struct sandbox *sandbox, struct turn *turn);
void control_handle(struct sandbox *sandbox, struct turn *turn);

/* The user and app of the request, by its bearer token, at the token endpoint
 * by its code or refresh token. -1: unknown. */
int turn_find_user(
	struct sandbox *sandbox, const struct turn *turn, int *ret_app);
/* A parameter from the query, otherwise from a form body. As form_get(). */
int turn_parameter(
	const struct turn *turn, const char *name, char *ret, size_t size);
/* Is the body a form? */
bool turn_has_form(const struct turn *turn);
/* A small HTML page. `text` is HTML already. */
void turn_page(
	struct turn *turn, int status, const char *title, const char *text);
/* Passes the request's log line to on_line. */
void turn_log(const struct sandbox *sandbox, const struct turn *turn);

#endif
