/* The table of regions; see region.h for what each column means. */
#include "connector/region.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

const struct region region_table[] = {
	{ .name = "nl",
		.country = "the Netherlands",
		.base_url = "https://start.exactonline.nl",
		.zones = { WHEN_ZONE_CENTRAL } },
	{ .name = "uk",
		.country = "the United Kingdom",
		.base_url = "https://start.exactonline.co.uk",
		.zones = { WHEN_ZONE_WESTERN, WHEN_ZONE_CENTRAL },
		.accounts_described = true },
};

const size_t region_count = sizeof(region_table) / sizeof(region_table[0]);

static_assert(sizeof(region_table) / sizeof(region_table[0]) <= REGION_MAX,
	"REGION_MAX has room for every region");

const struct region *region_find(const char *name)
{
	for (size_t i = 0; i < region_count; i++)
		if (strcmp(region_table[i].name, name) == 0)
			return &region_table[i];
	return NULL;
}

void region_names(const char *between, const char *last, char *ret, size_t size)
{
	size_t used = 0;

	ret[0] = '\0';
	for (size_t i = 0; i < region_count && used < size; i++) {
		const char *joint = i == 0                  ? ""
				    : i + 1 == region_count ? last
							    : between;

		used += (size_t)snprintf(ret + used, size - used, "%s%s", joint,
			region_table[i].name);
	}
}
