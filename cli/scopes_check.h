/* `scopes check` */
#ifndef CLI_SCOPES_CHECK_H
#define CLI_SCOPES_CHECK_H

#include "cli/command.h"

enum exit_code scopes_check_command(const struct invocation *invocation);

#endif
