/*
 * taxRates from vat/VATCodes.
 *
 *	id                  ID
 *	name                Description
 *	code                Code, without its padding ("4  " is "4")
 *	status              IsBlocked: Archived, otherwise Active
 *	effectiveTaxRate,
 *	totalTaxRate        Percentage, a fraction there and a percentage
 *	                    here: 0.21 is 21, 0.055 is 5.5. It is the one now
 *	                    in force.
 *	components          one: the code, the percentage, not compound
 *	sourceModifiedDate  Modified
 *
 * A reverse charge (Charged) keeps its percentage: it is what the buyer
 * accounts for.
 */
#include "derive/make.h"

#include "derive/convert.h"
#include "derive/row.h"

static void set_percentage(struct model_record *record,
	struct model_record *component, const char *fraction)
{
	int64_t percent;

	if (!convert_percent(fraction, &percent))
		return;
	model_set_rate(record, TAX_RATE_EFFECTIVE_TAX_RATE, percent);
	model_set_rate(record, TAX_RATE_TOTAL_TAX_RATE, percent);
	if (component)
		model_set_rate(component, TAX_COMPONENT_RATE, percent);
}

static void build(const struct derive *derive, const struct feed_row *row,
	struct model_record *record)
{
	const char *const *value = row->values;
	struct model_record *component;

	model_set_text(record, TAX_RATE_ID, row->id);
	convert_text(record, TAX_RATE_NAME, value[VAT_CODE_DESCRIPTION], 0);
	convert_text(record, TAX_RATE_CODE, value[VAT_CODE_CODE], 0);
	model_set_text(record, TAX_RATE_STATUS,
		convert_true(value[VAT_CODE_IS_BLOCKED]) ? "Archived"
							 : "Active");
	component = model_add_child(record, TAX_RATE_COMPONENTS);
	if (component) {
		convert_text(
			component, TAX_COMPONENT_NAME, value[VAT_CODE_CODE], 0);
		model_set_boolean(component, TAX_COMPONENT_IS_COMPOUND, false);
	}
	set_percentage(record, component, value[VAT_CODE_PERCENTAGE]);
	model_set_boolean(record, TAX_RATE_IS_DELETED, false);
	convert_utc(record, TAX_RATE_SOURCE_MODIFIED_DATE, derive->zone,
		value[VAT_CODE_MODIFIED]);
}

int make_tax_rates(struct derive *derive, const struct feed_group *group,
	struct error *err)
{
	return row_make(derive, &model_tax_rates, group, build, err);
}
