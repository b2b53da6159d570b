/*
 * Numbers and texts that look random and follow from a seed (splitmix64).
 * Not for real secrets: the sandbox's tokens must be repeatable.
 */
#ifndef SANDBOX_SEEDED_H
#define SANDBOX_SEEDED_H

#include <stddef.h>
#include <stdint.h>

struct seeded {
	uint64_t state;
};

/* Two values of `stream` or `index` give unrelated sequences. */
void seeded_begin(
	struct seeded *seeded, uint64_t seed, uint64_t stream, uint64_t index);
uint64_t seeded_next(struct seeded *seeded);
/* `count` characters of `alphabet`, no NUL. */
void seeded_text(
	struct seeded *seeded, const char *alphabet, char *ret, size_t count);
/* A version 4 GUID in lower case, 36 characters and NUL. */
void seeded_guid(struct seeded *seeded, char ret[static 37]);

#endif
