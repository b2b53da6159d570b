/*
 * company from the division's row in system/Divisions, which each run reads
 * anyway to see that the books are the right ones.
 *
 *	accountingPlatformRef  Code
 *	companyName            Description
 *	addresses              one, Billing: AddressLine1 and 2, City, State,
 *	                       Country (two letters), Postcode
 *	phoneNumbers           one, Primary: Phone
 *	webLinks               one, Website: Website
 *	registrationNumber     ChamberOfCommerceNumber
 *	taxNumber              VATNumber
 *	baseCurrency           Currency
 *	createdDate            Created, local
 */
#include "derive/make.h"

#include "derive/convert.h"
#include "derive/row.h"

static void add_ways_to_reach(
	const char *const *value, struct model_record *record)
{
	struct model_record *child;

	model_set_no_children(record, COMPANY_PHONE_NUMBERS);
	if (convert_has(value[DIVISION_PHONE])) {
		child = model_add_child(record, COMPANY_PHONE_NUMBERS);
		if (!child)
			return;
		convert_text(
			child, COMPANY_PHONE_NUMBER, value[DIVISION_PHONE], 0);
		model_set_text(child, COMPANY_PHONE_TYPE, "Primary");
	}
	model_set_no_children(record, COMPANY_WEB_LINKS);
	if (convert_has(value[DIVISION_WEBSITE])) {
		child = model_add_child(record, COMPANY_WEB_LINKS);
		if (!child)
			return;
		model_set_text(child, COMPANY_LINK_TYPE, "Website");
		convert_text(
			child, COMPANY_LINK_URL, value[DIVISION_WEBSITE], 0);
	}
}

static void build(const struct derive *derive, const struct feed_row *row,
	struct model_record *record)
{
	const char *const *value = row->values;
	const struct convert_address address = {
		.line1 = value[DIVISION_ADDRESS_LINE1],
		.line2 = value[DIVISION_ADDRESS_LINE2],
		.city = value[DIVISION_CITY],
		.region = value[DIVISION_STATE],
		.country = value[DIVISION_COUNTRY],
		.postal_code = value[DIVISION_POSTCODE],
	};

	model_set_text(record, COMPANY_REF, row->id);
	convert_text(record, COMPANY_NAME, value[DIVISION_DESCRIPTION], 0);
	convert_address(record, COMPANY_ADDRESSES, &address);
	add_ways_to_reach(value, record);
	convert_text(record, COMPANY_REGISTRATION_NUMBER,
		value[DIVISION_CHAMBER_OF_COMMERCE_NUMBER], 0);
	convert_text(record, COMPANY_TAX_NUMBER, value[DIVISION_VAT_NUMBER], 0);
	model_set_text(record, COMPANY_BASE_CURRENCY, derive->currency);
	convert_local(record, COMPANY_CREATED_DATE, value[DIVISION_CREATED]);
}

int make_company(struct derive *derive, const struct feed_group *group,
	struct error *err)
{
	return row_make(derive, &model_company, group, build, err);
}
