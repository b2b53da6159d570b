/* `logins`. */
#ifndef CLI_LOGINS_H
#define CLI_LOGINS_H

#include "cli/command.h"

enum exit_code logins_command(const struct invocation *invocation);

#endif
