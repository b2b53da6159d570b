/*
 * Faults by name: which fault, on which paths, after how many requests, how
 * often. They are set at the control endpoint or on the command line. The
 * table in faults.c has a row for each: its name, what it does, and its help.
 */
#ifndef SANDBOX_FAULTS_H
#define SANDBOX_FAULTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

struct sandbox;
struct turn;

/* When a fault acts on the request that meets it. */
enum faults_stage {
	FAULTS_BEFORE, /* before the request is handled */
	FAULTS_REPLY,  /* once the reply is made, without common headers */
	FAULTS_HEADERS /* once every header is there */
};

#define FAULTS_MAX 32

struct faults_set {
	const struct faults_row *row; /* foreign: of the table */
	char name[32];                /* as set: "status-503" */
	char path[160];               /* part of the target; "": any */
	char user[64];                /* whose requests; "": anybody's */
	int number;                   /* of "status-503": 503 */
	int after;                    /* matching requests still let through */
	int count;                    /* times still to happen; -1: always */
	int happened;
};

struct faults_row {
	const char *name; /* "status-N" when `argument` is not NULL */
	/* Reads what the name has in the place of its last letter; false: it
	 * is not valid. NULL: the name has no argument. */
	bool (*argument)(const char *text, int *ret_number);
	enum faults_stage stage;
	void (*act)(struct sandbox *sandbox, struct turn *turn,
		const struct faults_set *set);
	int64_t ms;       /* for faults_before_clock_ahead() */
	bool token_only;  /* only token requests meet it */
	bool unprocessed; /* a token request that meets it issues nothing */
	const char *help;
};

struct faults {
	struct faults_set sets[FAULTS_MAX];
	size_t set_count;
};

/* Count 0 removes the faults of this name, path and user. -1: there is no
 * such name, the table is full, or a text is too long. */
int faults_set(struct faults *faults, const char *name, const char *path,
	const char *user, int after, int count);
/* The same from "NAME[:PATH[:COUNT[:AFTER]]]"; -1: malformed, too. */
int faults_parse(struct faults *faults, const char *text);

/* The fault that this request of this user (NULL: unknown) meets, or NULL.
 * This counts as one of the times that the fault happens. */
const struct faults_set *faults_take(struct faults *faults, const char *target,
	const char *user, bool token_request);

/* [{"name":…,"path":…,"user":…,"after":…,"count":…,"happened":…},…] */
void faults_list(const struct faults *faults, struct buf *out);
/* One line of help each: "  name   what happens\n". */
void faults_help(struct buf *out);

#endif
