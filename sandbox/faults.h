/*
 * Rudeness by name: which fault, on which paths, after how many requests,
 * how often. Set at the control endpoint; the names are rows of one table.
 */
#ifndef SANDBOX_FAULTS_H
#define SANDBOX_FAULTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "http/exchange.h"

enum faults_kind {
	FAULTS_NONE,
	FAULTS_NO_REPLY,
	FAULTS_TOKEN_LOST,
	FAULTS_SLOW_TOKEN,
	FAULTS_EMPTY_TOKEN,
	FAULTS_EMPTY_TOKEN_LOST,
	FAULTS_TRUNCATE,
	FAULTS_SHORT_BODY,
	FAULTS_EMPTY,
	FAULTS_HTML_200,
	FAULTS_STATUS,
	FAULTS_HOLD,
	FAULTS_RESET_PAST,
	FAULTS_RESET_SECONDS,
	FAULTS_RESET_FAR,
	FAULTS_NO_RATES,
	FAULTS_NO_DATE,
	FAULTS_DATE_GARBAGE
};

#define FAULTS_MAX 32

struct faults_set {
	enum faults_kind kind;
	char name[32];
	char path[160]; /* part of the target; "": any */
	int status;     /* for FAULTS_STATUS */
	int after;      /* matching requests still let through */
	int count;      /* times still to happen; -1: always */
	int happened;
};

struct faults {
	struct faults_set sets[FAULTS_MAX];
	size_t set_count;
};

/* Count 0 takes the faults of this name and path away. -1: no such name,
 * the table is full, or a text too long. */
int faults_set(struct faults *faults, const char *name, const char *path,
	int after, int count);

/* The fault that this request meets, or NULL; it is used up by this. */
const struct faults_set *faults_take(
	struct faults *faults, const char *target, bool token_request);

/* Must the token endpoint do nothing? Otherwise it has rotated. */
bool faults_before(const struct faults_set *set);
/* Spoil a reply that is complete but for the headers every reply has. */
void faults_apply(const struct faults_set *set, struct exchange_reply *reply);
/* Spoil the headers that every reply has, once they are there. */
void faults_apply_late(
	const struct faults_set *set, struct exchange_reply *reply);

/* [{"name":…,"path":…,"after":…,"count":…,"happened":…},…] */
void faults_list(const struct faults *faults, struct buf *out);
/* One line of help each: "  name   what happens\n". */
void faults_help(struct buf *out);

#endif
