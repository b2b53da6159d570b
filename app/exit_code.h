/*
 * How the programs end: one number for each thing that a caller (a timer, a
 * script, the process that started a sync) may have to do next.
 */
#ifndef APP_EXIT_CODE_H
#define APP_EXIT_CODE_H

enum exit_code {
	EXIT_DONE = 0,       /* everything that was asked for was done */
	EXIT_FAILED = 1,     /* streams, the sign-in or a needed scope failed */
	EXIT_USAGE = 2,      /* the command line is wrong */
	EXIT_CONFIG = 3,     /* the configuration must be changed */
	EXIT_SIGN_IN = 4,    /* a person must sign in again */
	EXIT_PARKED = 5,     /* the day's quota is used; run again later */
	EXIT_BUSY = 6,       /* another process uses the company or login */
	EXIT_STORE = 7,      /* a disk, database, vault or output failed */
	EXIT_INTERRUPTED = 8 /* a signal asked us to stop, or the reader of
				our output went away */
};
#define EXIT_CODES 9

/* The exit code for 0 or an enum fail. */
enum exit_code exit_code_of(int fail);
/* A line for people, as --help prints it. */
const char *exit_code_meaning(enum exit_code code);

#endif
