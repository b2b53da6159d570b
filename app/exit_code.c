/* What each exit code means, and which grade of error ends with which. */
#include "app/exit_code.h"

#include <assert.h>

#include "base/error.h"

static const char *const meanings[] = {
	[EXIT_DONE] = "done",
	[EXIT_FAILED] = "some streams, the sign-in or a needed scope failed",
	[EXIT_USAGE] = "the command line is wrong",
	[EXIT_CONFIG] = "the configuration must be changed",
	[EXIT_SIGN_IN] = "a person must sign in",
	[EXIT_PARKED] = "the day's quota is used; run again later",
	[EXIT_BUSY] = "another process uses the company or login",
	[EXIT_STORE] = "a disk, database, vault or output failed",
	[EXIT_INTERRUPTED] = "interrupted",
};

static_assert(sizeof(meanings) / sizeof(meanings[0]) == EXIT_CODES,
	"every exit code has a meaning");

enum exit_code exit_code_of(int fail)
{
	switch (fail) {
	case 0:
		return EXIT_DONE;
	case FAIL_USAGE:
		return EXIT_USAGE;
	case FAIL_CONFIG:
		return EXIT_CONFIG;
	case FAIL_SIGN_IN:
		return EXIT_SIGN_IN;
	case FAIL_WAIT:
		return EXIT_PARKED;
	case FAIL_BUSY:
		return EXIT_BUSY;
	case FAIL_STORE:
	case FAIL_STOP:
		return EXIT_STORE;
	case FAIL_INTERRUPTED:
		return EXIT_INTERRUPTED;
	default:
		return EXIT_FAILED;
	}
}

const char *exit_code_meaning(enum exit_code code)
{
	return meanings[code];
}
