/* `scopes list` and `scopes check`. */
#ifndef CLI_SCOPES_H
#define CLI_SCOPES_H

#include "cli/command.h"

enum exit_code scopes_list_command(const struct invocation *invocation);
enum exit_code scopes_check_command(const struct invocation *invocation);

#endif
