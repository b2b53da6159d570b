/* Reading the values that several commands take. */
#include "cli/argument.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int argument_data_types(const char *list, const struct model_type **ret,
	size_t room, size_t *ret_count, struct error *err)
{
	char name[64];
	size_t count = 0;

	while (*list != '\0') {
		size_t len = strcspn(list, ",");
		const struct model_type *type;

		snprintf(name, sizeof(name), "%.*s", (int)len, list);
		type = len < sizeof(name) ? model_type_find(name) : NULL;
		if (!type)
			return error_set(err, FAIL_USAGE,
				"there is no data type '%s'; "
				"exact-connector(1) lists the data types",
				name);
		if (count >= room)
			return error_set(err, FAIL_USAGE,
				"--data-types names more than %zu data types",
				room);
		ret[count++] = type;
		list += len + (list[len] == ',');
	}
	if (count == 0)
		return error_set(
			err, FAIL_USAGE, "--data-types names no data type");
	*ret_count = count;
	return 0;
}

int argument_division(const char *text, int64_t *ret, struct error *err)
{
	char *end = NULL;
	long long value;

	errno = 0;
	value = strtoll(text, &end, 10);
	if (text[0] < '0' || text[0] > '9' || *end != '\0' || errno != 0 ||
		value < 1 || value > INT32_MAX)
		return error_set(err, FAIL_USAGE,
			"'%.40s' is not a division number; Exact Online shows "
			"the number in the address bar and under Company data",
			text);
	*ret = value;
	return 0;
}

int argument_region(const struct settings *settings, const char *name,
	const struct settings_region **ret, struct error *err)
{
	const struct settings_region *region = settings_region(settings, name);
	char names[64];

	if (!region) {
		region_names(", ", " and ", names, sizeof(names));
		return error_set(err, FAIL_USAGE,
			"there is no region '%.20s'; the regions are %s", name,
			names);
	}
	*ret = region;
	return 0;
}
