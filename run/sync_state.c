/* The names of a stream's states, for files, messages and JSON. */
#include "run/sync.h"

static const char *const names[] = {
	[SYNC_PENDING] = "pending",
	[SYNC_RUNNING] = "running",
	[SYNC_DONE] = "done",
	[SYNC_FAILED] = "failed",
	[SYNC_PARKED] = "parked",
	[SYNC_INTERRUPTED] = "interrupted",
};

const char *sync_state_name(enum sync_state state)
{
	return names[state];
}
