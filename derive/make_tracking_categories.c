/*
 * trackingCategories from hrm/Costcenters and hrm/Costunits: one category for
 * each of the two kinds, and below it the rows of that list.
 *
 *	costCenters           "Cost centres"
 *	  4a6f…-…             "Warehouse", parentId costCenters
 *	costUnits             "Cost units"
 *	  91c0…-…             "Retail", parentId costUnits
 *
 *	id                  ID
 *	name                Description, otherwise Code
 *	parentId            the kind
 *	hasChildren         false; true for a kind
 *	status              Archived when there is an EndDate, otherwise Active
 *	sourceModifiedDate  Modified
 *
 * A kind's own record is made with the first row of its list. An EndDate that
 * is still to come archives a category early: no record changes by the mere
 * passing of time.
 */
#include "derive/make.h"

#include "derive/convert.h"
#include "derive/put.h"
#include "derive/row.h"

struct kind {
	const char *id;
	const char *name;
};

static const struct kind centers = { "costCenters", "Cost centres" };
static const struct kind units = { "costUnits", "Cost units" };

static void build(const struct derive *derive, const struct feed_row *row,
	struct model_record *record)
{
	const char *const *value = row->values;
	bool described = convert_has(value[COST_DESCRIPTION]);

	model_set_text(record, TRACKING_CATEGORY_ID, row->id);
	convert_text(record, TRACKING_CATEGORY_NAME,
		value[described ? COST_DESCRIPTION : COST_CODE], 0);
	model_set_text(record, TRACKING_CATEGORY_STATUS,
		convert_has(value[COST_END_DATE]) ? "Archived" : "Active");
	model_set_boolean(record, TRACKING_CATEGORY_HAS_CHILDREN, false);
	model_set_boolean(record, TRACKING_CATEGORY_IS_DELETED, false);
	convert_utc(record, TRACKING_CATEGORY_SOURCE_MODIFIED_DATE,
		derive->zone, value[COST_MODIFIED]);
}

static void build_center(const struct derive *derive,
	const struct feed_row *row, struct model_record *record)
{
	build(derive, row, record);
	model_set_text(record, TRACKING_CATEGORY_PARENT_ID, centers.id);
}

static void build_unit(const struct derive *derive, const struct feed_row *row,
	struct model_record *record)
{
	build(derive, row, record);
	model_set_text(record, TRACKING_CATEGORY_PARENT_ID, units.id);
}

static int put_kind(
	struct derive *derive, const struct kind *kind, struct error *err)
{
	struct model_record *record = model_record_new(
		&model_tracking_categories);
	int fail;

	if (!record)
		return error_set(err, FAIL_STOP, "out of memory");
	model_set_text(record, TRACKING_CATEGORY_ID, kind->id);
	model_set_text(record, TRACKING_CATEGORY_NAME, kind->name);
	model_set_text(record, TRACKING_CATEGORY_STATUS, "Active");
	model_set_boolean(record, TRACKING_CATEGORY_HAS_CHILDREN, true);
	model_set_boolean(record, TRACKING_CATEGORY_IS_DELETED, false);
	fail = put_record(
		derive, &model_tracking_categories, record, NULL, err);
	model_record_free(record);
	return fail;
}

static int make(struct derive *derive, const struct kind *kind,
	const struct feed_group *group, row_build row, struct error *err)
{
	int fail = group->count ? put_kind(derive, kind, err) : 0;

	if (fail)
		return fail;
	return row_make(derive, &model_tracking_categories, group, row, err);
}

int make_cost_centers(struct derive *derive, const struct feed_group *group,
	struct error *err)
{
	return make(derive, &centers, group, build_center, err);
}

int make_cost_units(struct derive *derive, const struct feed_group *group,
	struct error *err)
{
	return make(derive, &units, group, build_unit, err);
}
