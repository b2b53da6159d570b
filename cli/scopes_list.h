/* `scopes list` */
#ifndef CLI_SCOPES_LIST_H
#define CLI_SCOPES_LIST_H

#include "cli/command.h"

enum exit_code scopes_list_command(const struct invocation *invocation);

#endif
