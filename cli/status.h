/* `status [ID]`. */
#ifndef CLI_STATUS_H
#define CLI_STATUS_H

#include "cli/command.h"

enum exit_code status_command(const struct invocation *invocation);

#endif
