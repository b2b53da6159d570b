/* `company add`, `company list`, `company remove`. */
#ifndef CLI_COMPANY_H
#define CLI_COMPANY_H

#include "cli/command.h"

enum exit_code company_add_command(const struct invocation *invocation);
enum exit_code company_list_command(const struct invocation *invocation);
enum exit_code company_remove_command(const struct invocation *invocation);

#endif
