/*
 * Finds properties and types by name.
 */
#include "sandbox/odata_table.h"

#include <string.h>

static const struct {
	const char *system;
	const char *edm;
} type_names[] = {
	[ODATA_GUID] = { "System.Guid", "Edm.Guid" },
	[ODATA_STRING] = { "System.String", "Edm.String" },
	[ODATA_DATETIME] = { "System.DateTime", "Edm.DateTime" },
	[ODATA_INT16] = { "System.Int16", "Edm.Int16" },
	[ODATA_INT32] = { "System.Int32", "Edm.Int32" },
	[ODATA_INT64] = { "System.Int64", "Edm.Int64" },
	[ODATA_DOUBLE] = { "System.Double", "Edm.Double" },
	[ODATA_BOOLEAN] = { "System.Boolean", "Edm.Boolean" },
	[ODATA_BYTE] = { "System.Byte", "Edm.Byte" },
	[ODATA_BINARY] = { "System.Byte[]", "Edm.Binary" },
	[ODATA_COMPLEX] = { "System.Object", "Edm.ComplexType" },
	[ODATA_NAVIGATION] = { "System.Object", "Edm.EntityType" },
	[ODATA_NULL] = { "System.Object", "null" },
};

int odata_table_find(const struct odata_model *model, unsigned variant,
	const char *name, size_t len)
{
	for (size_t i = 0; i < model->count; i++) {
		const struct odata_property *property = &model->properties[i];
		if ((property->where & variant) != 0 &&
			strlen(property->name) == len &&
			memcmp(property->name, name, len) == 0)
			return (int)i;
	}
	return -1;
}

const char *odata_table_system_name(enum odata_type type)
{
	return type_names[type].system;
}

const char *odata_table_edm_name(enum odata_type type)
{
	return type_names[type].edm;
}
