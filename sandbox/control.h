/*
 * The table of control actions, as main's --help prints it.
 */
#ifndef SANDBOX_CONTROL_H
#define SANDBOX_CONTROL_H

#include "base/buf.h"

/* Appends one line per action: "  advance   ms=N   what it does\n". */
void control_help(struct buf *out);

#endif
