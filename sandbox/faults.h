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
	FAULTS_REASON,
	FAULTS_HOLD,
	FAULTS_RESET_PAST,
	FAULTS_RESET_SECONDS,
	FAULTS_RESET_FAR,
	FAULTS_NO_RATES,
	FAULTS_NO_DATE,
	FAULTS_DATE_GARBAGE,
	FAULTS_LOGIN_REDIRECT,
	/* in faults_page.c */
	FAULTS_ERROR_APPENDED,
	FAULTS_EMPTY_LIST,
	FAULTS_REPEAT_NEXT,
	FAULTS_FOREIGN_NEXT,
	FAULTS_NEXT_DIVISION,
	FAULTS_UNORDERED,
	FAULTS_ROW_TWICE,
	FAULTS_LATE_ROW,
	FAULTS_FOREIGN_ROW,
	/* in faults_act.c */
	FAULTS_ROWS_CHANGE,
	FAULTS_RIGHTS_LOST,
	FAULTS_USER_GONE,
	FAULTS_REVOKED,
	FAULTS_CLOCK_AHEAD
};

#define FAULTS_MAX 32

struct faults_set {
	enum faults_kind kind;
	char name[32];
	char path[160]; /* part of the target; "": any */
	char user[64];  /* whose requests alone; "": anybody's */
	int status;     /* for FAULTS_STATUS */
	int64_t ms;     /* for FAULTS_CLOCK_AHEAD */
	int after;      /* matching requests still let through */
	int count;      /* times still to happen; -1: always */
	int happened;
};

struct faults {
	struct faults_set sets[FAULTS_MAX];
	size_t set_count;
};

/* Count 0 takes the faults of this name, path and user away. -1: no such
 * name, the table is full, or a text too long. */
int faults_set(struct faults *faults, const char *name, const char *path,
	const char *user, int after, int count);
/* The same from "NAME[:PATH[:COUNT[:AFTER]]]"; -1: malformed, too. */
int faults_parse(struct faults *faults, const char *text);

/* The fault that this request of this user (NULL: nobody known) meets, or
 * NULL; it is used up by this. */
const struct faults_set *faults_take(struct faults *faults, const char *target,
	const char *user, bool token_request);

/* Must the token endpoint do nothing? Otherwise it has rotated. */
bool faults_before(const struct faults_set *set);
/* Spoil a reply that is complete but for the headers every reply has. */
void faults_apply(const struct faults_set *set, struct exchange_reply *reply);
/* Where a spoilt link to the next page may lead. */
struct faults_next {
	const char *base_url;
	const char *target; /* the request's own */
	int other_division;
};

/* Spoil the page of a list: its rows, their order, or the link to the next
 * page. A reply that is no page of a list stays as it is. */
void faults_page(const struct faults_set *set, const struct faults_next *next,
	struct exchange_reply *reply);
/* Spoil the headers that every reply has, once they are there. */
void faults_apply_late(
	const struct faults_set *set, struct exchange_reply *reply);

/* [{"name":…,"path":…,"user":…,"after":…,"count":…,"happened":…},…] */
void faults_list(const struct faults *faults, struct buf *out);
/* One line of help each: "  name   what happens\n". */
void faults_help(struct buf *out);

#endif
