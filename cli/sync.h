/* `sync ID`. */
#ifndef CLI_SYNC_H
#define CLI_SYNC_H

#include "cli/command.h"

enum exit_code sync_command(const struct invocation *invocation);

#endif
