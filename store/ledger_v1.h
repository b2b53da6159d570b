/*
 * Quota ledgers as version 1 wrote them: two places of 42 KB, each with room
 * for 1,200 calls, used or not. A whole place is converted exactly: every
 * call, strike and limit in it. Its space in the file is where version 2 keeps
 * its places, too.
 */
#ifndef STORE_LEDGER_V1_H
#define STORE_LEDGER_V1_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ratelimit/state.h"

#define LEDGER_V1_PLACE_BYTES 41904
#define LEDGER_BOOT_ID        40

/* FNV-1a, byte by byte; version 2 still signs its head so, for a program of
 * version 1 to understand that the file is not its own. */
uint64_t ledger_v1_checksum(const void *bytes, size_t len);

/* Converts the LEDGER_V1_PLACE_BYTES of one place. False, and nothing is
 * changed: the place is not whole. */
bool ledger_v1_read(const void *bytes, char ret_boot_id[static LEDGER_BOOT_ID],
	struct ratelimit_state *ret);

#endif
