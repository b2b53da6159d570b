/* --data-types: names of data types, separated by commas. */
#include "cli/data_types.h"

#include <stdio.h>
#include <string.h>

int data_types_read(const char *list, const struct model_type **ret,
	size_t room, size_t *ret_count, struct error *err)
{
	char name[64];
	size_t count = 0;

	while (*list != '\0') {
		size_t len = strcspn(list, ",");
		const struct model_type *type;

		snprintf(name, sizeof(name), "%.*s", (int)len, list);
		type = len < sizeof(name) ? model_type_find(name) : NULL;
		if (type == NULL)
			return error_set(err, FAIL_USAGE,
				"there is no data type '%s'; see "
				"exact-connector(1)",
				name);
		if (count >= room)
			return error_set(err, FAIL_USAGE,
				"too many data types are named");
		ret[count++] = type;
		list += len + (list[len] == ',');
	}
	if (count == 0)
		return error_set(
			err, FAIL_USAGE, "--data-types names no data type");
	*ret_count = count;
	return 0;
}
