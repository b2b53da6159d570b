/* `export ID DATATYPE`. */
#ifndef CLI_EXPORT_H
#define CLI_EXPORT_H

#include "cli/command.h"

enum exit_code export_command(const struct invocation *invocation);

#endif
