/*
 * The same few relations have most of the documents. So names are remembered,
 * each in the slot that its id falls into; the next id of that slot takes the
 * place. No relation's row changes while records are derived.
 */
#include "derive/party_names.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "derive/convert.h"

#define SLOTS 1024

struct slot {
	char id[RECORDS_KEY_MAX]; /* "": free */
	char *name;               /* owned; NULL: none */
};

struct party_names {
	struct slot slots[SLOTS];
};

static struct slot *slot_of(struct party_names *names, const char *id)
{
	uint32_t hash = 0x811c9dc5u;

	for (; *id; id++)
		hash = (hash ^ (unsigned char)*id) * 0x01000193u;
	return &names->slots[hash % SLOTS];
}

static int take_name(void *arg, const struct feed_row *row)
{
	char **name = arg;

	if (!convert_has(row->values[RELATION_NAME]))
		return 0;
	free(*name);
	*name = strdup(row->values[RELATION_NAME]);
	return *name ? 0 : FAIL_STOP;
}

int party_names_get(struct derive *derive, const char *id, const char **ret,
	struct error *err)
{
	struct slot *slot;
	char *name = NULL;
	int fail;

	if (!derive->party_names)
		derive->party_names = calloc(1, sizeof(*derive->party_names));
	if (!derive->party_names)
		return error_set(err, FAIL_STOP, "out of memory");
	slot = slot_of(derive->party_names, id);
	if (slot->id[0] && !strcmp(slot->id, id)) {
		*ret = slot->name;
		return 0;
	}
	fail = records_feed_each(derive->records, &entity_relations.shape, id,
		take_name, &name, err);
	if (fail == FAIL_STOP)
		fail = error_set(err, FAIL_STOP, "out of memory");
	if (fail) {
		free(name);
		return fail;
	}
	free(slot->name);
	slot->name = name;
	slot->id[0] = '\0';
	if (strlen(id) < sizeof(slot->id))
		memcpy(slot->id, id, strlen(id) + 1);
	*ret = name;
	return 0;
}

void party_names_close(struct derive *derive)
{
	for (size_t i = 0; derive->party_names && i < SLOTS; i++)
		free(derive->party_names->slots[i].name);
	free(derive->party_names);
	derive->party_names = NULL;
}
