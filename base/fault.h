/*
 * Named fault points, at every durable step. Only test builds
 * (--enable-faults) have them.
 *
 * EXACT_FAULT in the environment says what happens where:
 *	kill@N         SIGKILL this process at the N-th point (1 is the first)
 *	kill:NAME@N    … at the N-th pass of point NAME
 *	enospc:NAME@N  the N-th fault_fails("NAME") returns ENOSPC
 *	eio:NAME@N     … EIO;   erofs:NAME@N … EROFS
 * EXACT_FAULT_LOG names a file that gets one line per point passed
 * ("<n> <name>\n"), so that a test knows how many steps there are.
 */
#ifndef BASE_FAULT_H
#define BASE_FAULT_H

#if EXACT_FAULTS
void fault_point(const char *name);
/* 0, or the errno that this durable step must report. Counts as passing the
 * point. */
int fault_fails(const char *name);
/* The same for a read. A read is no durable step: it is neither counted for
 * kill@N nor written to the log. */
int fault_read_fails(const char *name);
#else
static inline void fault_point(const char *name)
{
	(void)name;
}
static inline int fault_fails(const char *name)
{
	(void)name;
	return 0;
}
static inline int fault_read_fails(const char *name)
{
	(void)name;
	return 0;
}
#endif

#endif
