/*
 * The quota ledger: one small file of fixed size for each (host, client id,
 * division in the URL), shared by all processes. Two companies on one division
 * share one budget; removing a company does not reset it.
 */
#ifndef STORE_LEDGER_H
#define STORE_LEDGER_H

#include "base/clock.h"
#include "base/error.h"
#include "ratelimit/ratelimit.h"

struct ledger;

/* `dir` is made if absent (0700). The file's name is a hash of the key; the
 * key itself is in the file. FAIL_STORE, FAIL_CONFIG (network file system). */
int ledger_open(struct ledger **ret, const char *dir, const char *host,
	const char *client_id, int64_t division, const struct clock *clock,
	struct error *err) MUST_CHECK;
void ledger_free(struct ledger *ledger);

/* Lock the file (blocking; a lock is held for microseconds, or for one
 * fdatasync) and read the state into *ret, which is valid until
 * ledger_unlock(). A damaged or foreign file counts as full (both quotas)
 * rather than empty, and ledger_warning() reports it; a file of an older
 * version is converted. FAIL_STORE: unreadable, unwritable, made by a newer
 * version. */
int ledger_lock(struct ledger *ledger, const struct ratelimit_limits *limits,
	struct instant now, struct ratelimit_state **ret,
	struct error *err) MUST_CHECK;
/* Write the state back. Synced to disk once in 60 spends, so that even a power
 * cut never under-counts the day. */
int ledger_save(struct ledger *ledger, struct error *err) MUST_CHECK;
void ledger_unlock(struct ledger *ledger);

/* What an operator should know (the file is damaged and counts as full), or
 * NULL. Reported once: the next call returns NULL. Borrowed. */
const char *ledger_warning(struct ledger *ledger);

#endif
