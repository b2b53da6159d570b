/*
 * A company's file, replies put into it as Exact Online sends them, and the
 * records that come of them as JSON.
 */
#ifndef TESTS_FEED_WORLD_H
#define TESTS_FEED_WORLD_H

#include <check.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/error.h"
#include "derive/derive.h"
#include "connector/entity.h"
#include "connector/feed.h"
#include "store/records.h"

#define DIVISION 7
#define NOW      INT64_C(1795255200000) /* 2026-11-21T10:00:00Z */
/* 2026-07-01T22:30:00 on the wall, in Amsterdam's summer. */
#define MODIFIED "\"Modified\":\"/Date(1782945000000)/\""

extern struct clock *world_clock; /* NOW, until it is advanced */
extern struct records *records;
extern struct error err;
extern struct derive_counts counts; /* of the last derivation */
/* A feed that was not read to its end in the last run; NULL: all were. */
extern const struct entity *unread;
/* The division's: "EUR", "nl", central Europe. */
extern const char *division_currency;
extern const char *division_region;
extern enum when_zone division_zone;

#define OK(call)                                                               \
	do {                                                                   \
		int got_ = (call);                                             \
		ck_assert_msg(got_ == 0, #call ": %d %s", got_, err.text);     \
	} while (0)

void set_up(void);
void tear_down(void);
/* What a kill leaves: the file. */
void reopen(void);
/* The file, for a test that closes `records` itself, and opening it again. */
const char *company_path(void);
void open_records(void);

/* A reply, row by row; `next` is the link to the page behind it, or NULL. */
extern struct buf reply;
void reply_begin(void);
void reply_row(const char *format, ...) FORMAT_LIKE(1, 2);
void reply_end(const char *next);
/* Rows of the reply: account "aID"; a line of `entry` on a1, in journal 70;
 * journal "jID". */
void account_row(int id, int64_t version, const char *name);
void line_row(const char *id, const char *entry, int64_t version, int number,
	const char *amount);
void journal_row(int id, const char *code, const char *name);

/* A stream's run, and the reply put into it: what feed_apply() says, and in
 * `page` what it did. */
extern struct feed_page page;
struct feed *open_feed(const struct entity *entity, bool full);
int apply(struct feed *feed);
/* A whole run of that one page. */
int run_page(const struct entity *entity, bool full);
/* The entity's next page, its last; rows without Division where it has one
 * are our own bug. */
void arrive(const struct entity *entity, const char *rows);
/* As arrive(); what feed_apply() says of it. */
int arrives(const struct entity *entity, const char *rows);
/* As derive(); what derive_run() returns. */
int derive_until(bool (*stop)(void *arg), const struct model_type *type);
void derive_in(const char *region, const struct model_type *type);
void derive(const struct model_type *type);
/* Without modifiedDate: when we stored it is not what is tested. "" when
 * there is none. Valid until the next call. */
const char *json_of(const struct model_type *type, const char *id);
/* "id:check! id:check ", all there are; the mark is an error's. */
const char *findings(void);
/* "check check" of that record, in no order that matters; "". */
const char *findings_of(const struct model_type *type, const char *id);

#endif
