/* --data-types LIST. */
#ifndef CLI_DATA_TYPES_H
#define CLI_DATA_TYPES_H

#include <stddef.h>

#include "base/error.h"
#include "model/model.h"

/* "journals,journalEntries"; `room` are there. FAIL_USAGE. */
int data_types_read(const char *list, const struct model_type **ret,
	size_t room, size_t *ret_count, struct error *err) MUST_CHECK;

#endif
