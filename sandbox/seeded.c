/*
 * splitmix64 (Steele, Lea, Flood 2014): a counter and a mixing function. Three
 * numbers name a sequence, so no state needs to be stored.
 */
#include "sandbox/seeded.h"

#include <stdio.h>
#include <string.h>

static uint64_t mix(uint64_t z)
{
	z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
	return z ^ (z >> 31);
}

void seeded_begin(
	struct seeded *seeded, uint64_t seed, uint64_t stream, uint64_t index)
{
	uint64_t state = mix(seed + UINT64_C(0x9e3779b97f4a7c15));

	state = mix(state ^ (stream + UINT64_C(0x632be59bd9b4e019)));
	seeded->state = mix(state ^ (index + UINT64_C(0xd1342543de82ef95)));
}

uint64_t seeded_next(struct seeded *seeded)
{
	seeded->state += UINT64_C(0x9e3779b97f4a7c15);
	return mix(seeded->state);
}

void seeded_text(
	struct seeded *seeded, const char *alphabet, char *ret, size_t count)
{
	size_t letters = strlen(alphabet);

	for (size_t i = 0; i < count; i++)
		ret[i] = alphabet[(seeded_next(seeded) >> 11) % letters];
}

void seeded_guid(struct seeded *seeded, char ret[static 37])
{
	uint64_t a = seeded_next(seeded);
	uint64_t b = seeded_next(seeded);

	snprintf(ret, 37, "%08x-%04x-4%03x-%04x-%04x%08x", (unsigned)(a >> 32),
		(unsigned)(a >> 16) & 0xffff, (unsigned)a & 0xfff,
		0x8000 | ((unsigned)(b >> 48) & 0x3fff),
		(unsigned)(b >> 32) & 0xffff, (unsigned)b);
}
