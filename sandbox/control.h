/*
 * The table of control actions, as main's --help prints it.
 */
#ifndef SANDBOX_CONTROL_H
#define SANDBOX_CONTROL_H

#include "base/buf.h"

/* "  POST /control/advance?ms=N   what it does\n", a line an action. */
void control_help(struct buf *out);

#endif
