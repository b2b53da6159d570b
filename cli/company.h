/* `company add`, `company list`, `company remove`. */
#ifndef CLI_COMPANY_H
#define CLI_COMPANY_H

#include <stdint.h>

#include "base/error.h"
#include "cli/command.h"

enum exit_code company_add_command(const struct invocation *invocation);
enum exit_code company_list_command(const struct invocation *invocation);
enum exit_code company_remove_command(const struct invocation *invocation);

/* "100001" to a division number; FAIL_USAGE. */
int company_read_division(
	const char *text, int64_t *ret, struct error *err) MUST_CHECK;

#endif
