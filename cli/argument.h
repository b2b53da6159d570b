/* Values on the command line that mean something: data types, divisions,
 * regions. Each is refused with FAIL_USAGE and what would be right. */
#ifndef CLI_ARGUMENT_H
#define CLI_ARGUMENT_H

#include <stddef.h>
#include <stdint.h>

#include "app/settings.h"
#include "base/error.h"
#include "model/model.h"

/* "journals,journalEntries" to at most `room` data types. */
int argument_data_types(const char *list, const struct model_type **ret,
	size_t room, size_t *ret_count, struct error *err) MUST_CHECK;
/* "100001" */
int argument_division(
	const char *text, int64_t *ret, struct error *err) MUST_CHECK;
/* "nl" */
int argument_region(const struct settings *settings, const char *name,
	const struct settings_region **ret, struct error *err) MUST_CHECK;

#endif
