/*
 * Who signed in, and which divisions they reach: the few questions that
 * `login` asks before there is a company to sync. All through the gate.
 */
#ifndef CONNECTOR_REACH_H
#define CONNECTOR_REACH_H

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "connector/gate.h"

struct reach_user {
	char id[64];         /* Exact's GUID */
	char user[200];      /* UserName */
	char full_name[200]; /* may be "" */
	int64_t current_division;
};

/* current/Me: not counted, no division. */
int reach_me(struct gate *gate, struct reach_user *ret,
	struct error *err) MUST_CHECK;

struct reach_division {
	int64_t code;
	char name[257];
};

#define REACH_DIVISIONS_MAX 100000

/* All companies the user can open, asked through the gate's division. *ret is
 * the caller's to free(). One call for 60 of them. */
int reach_divisions(struct gate *gate, struct reach_division **ret,
	size_t *ret_count, struct error *err) MUST_CHECK;

/* May the app open the gate's division? Two calls. FAIL_COMPANY says why not.
 */
int reach_probe(struct gate *gate, struct reach_division *ret,
	struct error *err) MUST_CHECK;

#endif
