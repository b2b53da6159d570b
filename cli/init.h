/* `init` and `secret`. */
#ifndef CLI_INIT_H
#define CLI_INIT_H

#include "cli/command.h"

enum exit_code init_command(const struct invocation *invocation);
enum exit_code init_secret_command(const struct invocation *invocation);

#endif
