/*
 * customers and suppliers from sync/CRM/Accounts.
 *
 *	id                  ID
 *	customerName,
 *	supplierName        Name
 *	emailAddress        Email
 *	phone               Phone
 *	defaultCurrency     SalesCurrency, PurchaseCurrency; else the company's
 *	addresses           one, Billing: AddressLine1 and 2, City, State,
 *	                    Country (two letters), Postcode
 *	registrationNumber  ChamberOfCommerce
 *	taxNumber           VATNumber
 *	status              Blocked: Archived, else Active
 *	sourceModifiedDate  Modified
 *
 * A customer is an account with Status C, and one that has a sales invoice or
 * credit note in the ledger, or a draft of one: prospects get invoices, too.
 * A supplier has IsSupplier, or a bill. Accounts may be both. One that no
 * longer is, is retired.
 *
 * Documents carry a copy of the name as it was. The name now is taken from
 * here, and when it changes the documents are made anew.
 */
#include "derive/make_relations.h"

#include <stdio.h>
#include <string.h>

#include "derive/convert.h"
#include "derive/document_kind.h"

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
	struct model_record *records[KINDS]; /* owned; NULL: is none */
	bool traded[KINDS];
	bool failed;
};

/* ---- who was traded with -------------------------------------------------- */

/* Not zero once both are known: that ends the search. */
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
	int r = records_feed_find(one->derive->records,
		&entity_transaction_lines.shape, LINE_BY_ACCOUNT, id,
		look_at_entry, one, err);

	if (r >= 0 && !one->traded[0])
		r = records_feed_find(one->derive->records,
			&entity_sales_invoices.shape, SALES_INVOICE_BY_CUSTOMER,
			id, look_at_draft, one, err);
	return r < 0 ? r : 0;
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

static int build(void *arg, const struct feed_row *row)
{
	struct one *one = arg;
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
	return 0;
}

/* ---- a new name ----------------------------------------------------------- */

struct naming {
	struct derive *derive;
	const char *name; /* NULL: documents have their own copies again */
	struct error *err;
};

/* Has that record another name than the relation has now? */
static int is_named_otherwise(struct naming *naming,
	const struct document_kind *kind, const char *id, bool *ret)
{
	struct model_record *record = NULL;
	int r = records_get(
		naming->derive->records, kind->type, id, &record, naming->err);

	*ret = false;
	if (r || !record)
		return r;
	*ret = !naming->name || !model_is_set(record, kind->party_name) ||
	       strcmp(model_text(record, kind->party_name), naming->name) != 0;
	model_record_free(record);
	return 0;
}

static int mark_entry(void *arg, const struct feed_row *row)
{
	struct naming *naming = arg;
	const struct document_kind *kind = document_kind_of_entry(
		row->values[LINE_TYPE]);
	bool otherwise = false;
	int r = 0;

	if (kind)
		r = is_named_otherwise(naming, kind, row->group, &otherwise);
	if (r || !otherwise)
		return r;
	return records_dirty_add(naming->derive->records,
		entity_transaction_lines.shape.name, row->group, naming->err);
}

static int mark_draft(void *arg, const struct feed_row *row)
{
	struct naming *naming = arg;
	bool otherwise = false;
	int r = is_named_otherwise(naming, document_kind_of(&model_invoices),
		row->group, &otherwise);

	if (!r && !otherwise)
		r = is_named_otherwise(naming,
			document_kind_of(&model_credit_notes), row->group,
			&otherwise);
	if (r || !otherwise)
		return r;
	return records_dirty_add(naming->derive->records,
		entity_sales_invoices.shape.name, row->group, naming->err);
}

static int rename_in_documents(
	struct one *one, const char *id, const char *name, struct error *err)
{
	struct naming naming = { one->derive, name, err };
	int r = records_feed_find(one->derive->records,
		&entity_transaction_lines.shape, LINE_BY_ACCOUNT, id,
		mark_entry, &naming, err);

	return r ? r
		 : records_feed_find(one->derive->records,
			   &entity_sales_invoices.shape,
			   SALES_INVOICE_BY_CUSTOMER, id, mark_draft, &naming,
			   err);
}

static const char *name_in(
	const struct relation_kind *kind, const struct model_record *record)
{
	return record && model_is_set(record, kind->name)
		       ? model_text(record, kind->name)
		       : NULL;
}

/* It has no record yet, or one of another name, or loses its last: then
 * documents may have another name than it has now. */
static int follow_name(struct one *one, const char *id, struct error *err)
{
	const char *name = NULL;
	bool known = false;
	bool differs = false;

	for (size_t i = 0; i < KINDS; i++) {
		known = known || one->records[i];
		if (!name)
			name = name_in(&kinds[i], one->records[i]);
	}
	for (size_t i = 0; i < KINDS; i++) {
		struct model_record *old = NULL;
		const char *before;
		int r = records_get(
			one->derive->records, kinds[i].type, id, &old, err);

		if (r)
			return r;
		before = name_in(&kinds[i], old);
		if (one->records[i])
			differs = differs || !old || !before != !name ||
				  (name && strcmp(before, name) != 0);
		else
			differs = differs || (old && !known);
		model_record_free(old);
	}
	return differs ? rename_in_documents(one, id, name, err) : 0;
}

int derive_relations(
	struct derive *derive, const char *group, struct error *err)
{
	struct one one = { .derive = derive };
	int r = find_traded(&one, group, err);

	if (!r)
		r = records_feed_each(derive->records, &entity_relations.shape,
			group, build, &one, err);
	if (!r && one.failed)
		r = error_set(err, FAIL_STOP, "out of memory");
	if (!r)
		r = follow_name(&one, group, err);
	for (size_t i = 0; i < KINDS && !r; i++) {
		if (one.records[i])
			r = derive_put(derive, kinds[i].type, one.records[i],
				NULL, err);
		else
			r = derive_retire(
				derive, kinds[i].type, group, NULL, err);
	}
	for (size_t i = 0; i < KINDS; i++)
		model_record_free(one.records[i]);
	return r;
}

/* ---- for documents -------------------------------------------------------- */

struct name {
	char *text;
	size_t size;
	bool found;
};

static int take_name(void *arg, const struct feed_row *row)
{
	struct name *name = arg;

	name->found = convert_has(row->values[RELATION_NAME]);
	if (name->found)
		(void)snprintf(name->text, name->size, "%s",
			row->values[RELATION_NAME]);
	return 0;
}

int derive_relation_name(struct derive *derive, const char *id,
	const char *copy, char *ret, size_t size, struct error *err)
{
	struct name name = { ret, size, false };
	int r = 0;

	if (convert_has(id))
		r = records_feed_each(derive->records, &entity_relations.shape,
			id, take_name, &name, err);
	if (!r && !name.found)
		(void)snprintf(ret, size, "%s", copy ? copy : "");
	return r;
}

int derive_relation_traded(
	struct derive *derive, const char *id, struct error *err)
{
	if (!convert_has(id))
		return 0;
	return records_dirty_add(
		derive->records, entity_relations.shape.name, id, err);
}

int derive_relation_parted(struct derive *derive,
	const struct document_kind *kind, const struct model_record *old,
	const char *party, struct error *err)
{
	const char *before;

	if (!model_is_set(old, kind->party_id))
		return 0;
	before = model_text(old, kind->party_id);
	if (party && !strcmp(before, party))
		return 0;
	return derive_relation_traded(derive, before, err);
}
