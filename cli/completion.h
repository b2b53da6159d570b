/* `completion`: what a shell completes a command line with. */
#ifndef CLI_COMPLETION_H
#define CLI_COMPLETION_H

#include "cli/command.h"

enum exit_code completion_command(const struct invocation *invocation);

#endif
