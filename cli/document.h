/*
 * The one JSON document that a command prints with --json:
 *
 *	{"version":1,"command":"status","exitCode":0,"companies":[
 *	{"id":"acme","division":100001,"divisionName":"Acme",…}]}
 *
 * Members are written one after the other; the commas between them are put
 * here. Each element of a list begins on a line of its own.
 */
#ifndef CLI_DOCUMENT_H
#define CLI_DOCUMENT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/error.h"
#include "cli/command.h"

/* Grows with a member's meaning or with a member that goes away. */
#define DOCUMENT_VERSION 1

/* "{" and the members that every document begins with. */
void document_begin(struct buf *out, const struct invocation *invocation,
	enum exit_code code);
/* "}" and a newline. */
void document_end(struct buf *out);
/* "state":"failed", "grade" and "problem" of an error. */
void document_failure(struct buf *out, const struct error *err);

/* Members of the object that was begun last. */
void document_text(struct buf *out, const char *name, const char *text);
void document_number(struct buf *out, const char *name, int64_t number);
void document_flag(struct buf *out, const char *name, bool flag);
/* "2026-03-01T00:00:00.250Z"; nothing when wall_ms is 0. */
void document_moment(struct buf *out, const char *name, int64_t wall_ms);
/* Likewise in whole seconds, rounded down. */
void document_second(struct buf *out, const char *name, int64_t wall_ms);
/* "division" and "divisionName"; nothing for 0, no name when it is "". */
void document_division(struct buf *out, int64_t division, const char *name);

void document_list(struct buf *out, const char *name);
/* "{" of the next element. */
void document_element(struct buf *out);
/* The next element of a list of texts or numbers. */
void document_element_text(struct buf *out, const char *text);
void document_element_number(struct buf *out, int64_t number);
void document_element_end(struct buf *out);
void document_list_end(struct buf *out);

#endif
