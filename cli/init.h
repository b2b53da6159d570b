/* `init`: make a state directory. */
#ifndef CLI_INIT_H
#define CLI_INIT_H

#include "cli/command.h"

enum exit_code init_command(const struct invocation *invocation);

#endif
