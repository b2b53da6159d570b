/* `plan`. */
#ifndef CLI_PLAN_H
#define CLI_PLAN_H

#include "cli/command.h"

enum exit_code plan_command(const struct invocation *invocation);

#endif
