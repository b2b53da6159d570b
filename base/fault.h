/*
 * Named fault points, at every durable step. Compiled away unless this is a
 * test build (--enable-faults).
 *
 * EXACT_FAULT in the environment says what happens where:
 *	kill@N         SIGKILL ourselves at the N-th point passed (1 is first)
 *	kill:NAME@N    … at the N-th time point NAME is passed
 *	enospc:NAME@N  fault_fails("NAME") answers ENOSPC the N-th time
 *	eio:NAME@N     … EIO;   erofs:NAME@N … EROFS
 * EXACT_FAULT_LOG names a file that gets one line per point passed
 * ("<n> <name>\n"), so that a test knows how many steps there are.
 */
#ifndef BASE_FAULT_H
#define BASE_FAULT_H

#if EXACT_FAULTS
void fault_point(const char *name);
/* 0, or the errno that this durable step should pretend to have met. Also
 * passes the point. */
int fault_fails(const char *name);
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
#endif

#endif
