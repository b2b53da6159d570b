/*
 * A company's file, replies put into it as Exact Online sends them, and the
 * records that come of them as JSON.
 */
#ifndef TESTS_FEED_WORLD_H
#define TESTS_FEED_WORLD_H

#include <check.h>
#include <stdbool.h>

#include "base/error.h"
#include "connector/derive.h"
#include "connector/entity.h"
#include "connector/feed.h"
#include "store/records.h"

#define DIVISION 7
#define NOW      INT64_C(1795255200000) /* 2026-11-21T10:00:00Z */
/* 2026-07-01T22:30:00 on the wall, in Amsterdam's summer. */
#define MODIFIED "\"Modified\":\"/Date(1782945000000)/\""

extern struct records *records;
extern struct error err;
extern struct derive_counts counts; /* of the last derivation */
/* A feed that was not read to its end in the last run; NULL: all were. */
extern const struct entity *unread;

#define OK(call)                                                               \
	do {                                                                   \
		int got_ = (call);                                             \
		ck_assert_msg(got_ == 0, #call ": %d %s", got_, err.text);     \
	} while (0)

void set_up(void);
void tear_down(void);
/* The entity's next page, its last; rows without Division where it has one
 * are our own bug. */
void arrive(const struct entity *entity, const char *rows);
/* As arrive(); what feed_apply() says of it. */
int arrives(const struct entity *entity, const char *rows);
void derive_in(const char *region, const struct model_type *type);
void derive(const struct model_type *type);
/* Without modifiedDate: when we stored it is not what is tested. "" when
 * there is none. Valid until the next call. */
const char *json_of(const struct model_type *type, const char *id);
/* "check check" of that record, in no order that matters; "". */
const char *findings_of(const struct model_type *type, const char *id);

#endif
