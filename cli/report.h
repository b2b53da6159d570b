/* The report of a run: one JSON document, or a few lines for people. */
#ifndef CLI_REPORT_H
#define CLI_REPORT_H

#include "base/buf.h"
#include "cli/command.h"
#include "run/sync.h"
#include "store/companies.h"

void report_json(const struct invocation *invocation,
	const struct company *company, const struct sync_report *report,
	struct buf *ret);
void report_text(
	const char *company, const struct sync_report *report, struct buf *ret);

#endif
