/* `login ID` and `logins`. */
#ifndef CLI_LOGIN_H
#define CLI_LOGIN_H

#include "cli/command.h"

enum exit_code login_command(const struct invocation *invocation);

#endif
