/*
 * customers and suppliers from sync/CRM/Accounts.
 *
 *	id                  ID
 *	customerName,
 *	supplierName        Name
 *	emailAddress        Email
 *	phone               Phone
 *	defaultCurrency     SalesCurrency, PurchaseCurrency; otherwise the company's
 *	addresses           one, Billing: AddressLine1 and 2, City, State,
 *	                    Country (two letters), Postcode
 *	registrationNumber  ChamberOfCommerce
 *	taxNumber           VATNumber
 *	status              Blocked: Archived, otherwise Active
 *	sourceModifiedDate  Modified
 *
 * An account is a customer when it has Status C, a sales invoice or credit note
 * in the ledger, or a draft: prospects get invoices, too. An account is a
 * supplier when it has IsSupplier, or a bill. It may be both. A record whose
 * account is no longer of that kind is retired.
 *
 * A ledger line carries a copy of the name as it was when the line was sent.
 * Documents take the name from here, and are made again when it changes.
 */
#include "derive/make.h"

#include <string.h>

#include "derive/convert.h"
#include "derive/document_kind.h"
#include "derive/mark.h"
#include "derive/put.h"

/* Which field of each of the two data types holds what. */
static const struct relation_kind {
	const struct model_type *type;
	bool sale;
	int name, email, currency, phone, addresses, registration, tax;
	int status, deleted, modified;
	int currency_column;
} kinds[] = {
	{
		.type = &model_customers,
		.sale = true,
		.name = CUSTOMER_NAME,
		.email = CUSTOMER_EMAIL_ADDRESS,
		.currency = CUSTOMER_DEFAULT_CURRENCY,
		.phone = CUSTOMER_PHONE,
		.addresses = CUSTOMER_ADDRESSES,
		.registration = CUSTOMER_REGISTRATION_NUMBER,
		.tax = CUSTOMER_TAX_NUMBER,
		.status = CUSTOMER_STATUS,
		.deleted = CUSTOMER_IS_DELETED,
		.modified = CUSTOMER_SOURCE_MODIFIED_DATE,
		.currency_column = RELATION_SALES_CURRENCY,
	},
	{
		.type = &model_suppliers,
		.name = SUPPLIER_NAME,
		.email = SUPPLIER_EMAIL_ADDRESS,
		.currency = SUPPLIER_DEFAULT_CURRENCY,
		.phone = SUPPLIER_PHONE,
		.addresses = SUPPLIER_ADDRESSES,
		.registration = SUPPLIER_REGISTRATION_NUMBER,
		.tax = SUPPLIER_TAX_NUMBER,
		.status = SUPPLIER_STATUS,
		.deleted = SUPPLIER_IS_DELETED,
		.modified = SUPPLIER_SOURCE_MODIFIED_DATE,
		.currency_column = RELATION_PURCHASE_CURRENCY,
	},
};

#define KINDS (sizeof(kinds) / sizeof(kinds[0]))

struct one {
	struct derive *derive;
	struct model_record *records[KINDS]; /* owned; NULL: not of that kind */
	bool traded[KINDS];
	bool failed;
};

/* ---- who was traded with -------------------------------------------------- */

/* 1 ends the search: the relation is known to be both. */
static int look_at_entry(void *arg, const struct feed_row *row)
{
	struct one *one = arg;
	const struct document_kind *kind = document_kind_of_entry(
		row->values[LINE_TYPE]);

	if (kind)
		one->traded[kind->sale ? 0 : 1] = true;
	return one->traded[0] && one->traded[1] ? 1 : 0;
}

static int look_at_draft(void *arg, const struct feed_row *row)
{
	struct one *one = arg;

	(void)row;
	one->traded[0] = true;
	return 1;
}

static int find_traded(struct one *one, const char *id, struct error *err)
{
	int fail = records_feed_find(one->derive->records,
		&entity_transaction_lines.shape, LINE_BY_ACCOUNT, id,
		look_at_entry, one, err);

	if (fail >= 0 && !one->traded[0])
		fail = records_feed_find(one->derive->records,
			&entity_sales_invoices.shape, SALES_INVOICE_BY_CUSTOMER,
			id, look_at_draft, one, err);
	return fail < 0 ? fail : 0;
}

/* ---- building the record -------------------------------------------------- */

static void fill(const struct derive *derive, const struct relation_kind *kind,
	const struct feed_row *row, struct model_record *record)
{
	const char *const *value = row->values;
	const char *currency = value[kind->currency_column];
	const struct convert_address address = {
		.line1 = value[RELATION_ADDRESS_LINE1],
		.line2 = value[RELATION_ADDRESS_LINE2],
		.city = value[RELATION_CITY],
		.region = value[RELATION_STATE],
		.country = value[RELATION_COUNTRY],
		.postal_code = value[RELATION_POSTCODE],
	};

	model_set_text(record, 0, row->id);
	convert_text(record, kind->name, value[RELATION_NAME], 0);
	convert_text(record, kind->email, value[RELATION_EMAIL], 0);
	convert_text(record, kind->currency,
		convert_has(currency) ? currency : derive->currency, 0);
	convert_text(record, kind->phone, value[RELATION_PHONE], 0);
	convert_address(record, kind->addresses, &address);
	convert_text(record, kind->registration,
		value[RELATION_CHAMBER_OF_COMMERCE], 0);
	convert_text(record, kind->tax, value[RELATION_VAT_NUMBER], 0);
	model_set_text(record, kind->status,
		convert_true(value[RELATION_BLOCKED]) ? "Archived" : "Active");
	model_set_boolean(record, kind->deleted, false);
	convert_utc(
		record, kind->modified, derive->zone, value[RELATION_MODIFIED]);
}

static void build(struct one *one, const struct feed_row *row)
{
	const char *const *value = row->values;

	for (size_t i = 0; i < KINDS; i++) {
		bool is = kinds[i].sale
				  ? convert_same(value[RELATION_STATUS], "C")
				  : convert_true(value[RELATION_IS_SUPPLIER]);

		if (!is && !one->traded[i])
			continue;
		one->records[i] = model_record_new(kinds[i].type);
		if (one->records[i])
			fill(one->derive, &kinds[i], row, one->records[i]);
		else
			one->failed = true;
	}
}

/* ---- a new name ----------------------------------------------------------- */

static const char *name_in(
	const struct relation_kind *kind, const struct model_record *record)
{
	return record && model_is_set(record, kind->name)
		       ? model_text(record, kind->name)
		       : NULL;
}

/* Documents may have another name than the relation has now when the relation
 * has no record yet, has one of another name, or loses its last one. */
static int follow_name(struct one *one, const char *id, struct error *err)
{
	const char *name = NULL;
	bool known = false;
	bool differs = false;

	if (one->derive->names_taken)
		return 0;
	for (size_t i = 0; i < KINDS; i++) {
		known = known || one->records[i];
		if (!name)
			name = name_in(&kinds[i], one->records[i]);
	}
	for (size_t i = 0; i < KINDS; i++) {
		struct model_record *old = NULL;
		const char *before;
		int fail = records_get(
			one->derive->records, kinds[i].type, id, &old, err);

		if (fail)
			return fail;
		before = name_in(&kinds[i], old);
		if (one->records[i])
			differs = differs || !old || !before != !name ||
				  (name && strcmp(before, name) != 0);
		else
			differs = differs || (old && !known);
		model_record_free(old);
	}
	return differs ? mark_renamed_relation(one->derive, id, name, err) : 0;
}

int make_relations(struct derive *derive, const struct feed_group *group,
	struct error *err)
{
	struct one one = { .derive = derive };
	int fail = find_traded(&one, group->key, err);

	if (!fail && group->count)
		build(&one, &group->rows[group->count - 1]);
	if (!fail && one.failed)
		fail = error_set(err, FAIL_STOP, "out of memory");
	if (!fail)
		fail = follow_name(&one, group->key, err);
	for (size_t i = 0; i < KINDS && !fail; i++) {
		if (one.records[i])
			fail = put_record(derive, kinds[i].type, one.records[i],
				NULL, err);
		else
			fail = put_retired(
				derive, kinds[i].type, group->key, NULL, err);
	}
	for (size_t i = 0; i < KINDS; i++)
		model_record_free(one.records[i]);
	return fail;
}
