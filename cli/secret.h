/* `secret`: seal a region's client secret. */
#ifndef CLI_SECRET_H
#define CLI_SECRET_H

#include "cli/command.h"

enum exit_code secret_command(const struct invocation *invocation);

#endif
