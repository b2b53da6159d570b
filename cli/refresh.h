/* `refresh LOGIN`, the process that renews a login's tokens, and
 * `refresh --due`, which a timer runs. */
#ifndef CLI_REFRESH_H
#define CLI_REFRESH_H

#include "cli/command.h"

enum exit_code refresh_command(const struct invocation *invocation);

#endif
