/*
 * items from bulk/Logistics/Items.
 *
 *	id                  ID
 *	name                Description
 *	code                Code
 *	itemStatus          EndDate: Archived once there is a date, otherwise
 *	                    Active
 *	type                IsStockItem: Inventory, otherwise Unknown
 *	isBillItem          IsPurchaseItem
 *	billItem            Description, CostPriceStandard, GLCosts; the source
 *	                    knows no VAT code for purchases
 *	isInvoiceItem       IsSalesItem
 *	invoiceItem         Description, StandardSalesPrice, GLRevenue,
 *	                    SalesVatCode with the rate now in force
 *	sourceModifiedDate  Modified
 *
 * Prices are in the company's currency.
 */
#include "derive/make.h"

#include "derive/convert.h"
#include "derive/refs.h"
#include "derive/row.h"

/* Prices may have more digits than amounts. */
static void set_price(struct model_record *record, int field, const char *text)
{
	int64_t price;

	if (convert_money(text, MODEL_MONEY_SCALE, &price) !=
		CONVERT_MONEY_NONE)
		model_set_money(record, field, price);
}

static void set_bill_half(const struct derive *derive, const char *const *value,
	struct model_record *record)
{
	convert_text(record, ITEM_BILL_ITEM_DESCRIPTION,
		value[EXACT_ITEM_DESCRIPTION], 0);
	set_price(record, ITEM_BILL_ITEM_UNIT_PRICE,
		value[EXACT_ITEM_COST_PRICE_STANDARD]);
	refs_set_account(derive, record, ITEM_BILL_ITEM_ACCOUNT_REF_ID,
		value[EXACT_ITEM_GL_COSTS], NULL);
}

static void set_invoice_half(const struct derive *derive,
	const char *const *value, struct model_record *record)
{
	convert_text(record, ITEM_INVOICE_ITEM_DESCRIPTION,
		value[EXACT_ITEM_DESCRIPTION], 0);
	set_price(record, ITEM_INVOICE_ITEM_UNIT_PRICE,
		value[EXACT_ITEM_STANDARD_SALES_PRICE]);
	refs_set_account(derive, record, ITEM_INVOICE_ITEM_ACCOUNT_REF_ID,
		value[EXACT_ITEM_GL_REVENUE], NULL);
	refs_set_tax_rate(derive, record, ITEM_INVOICE_ITEM_TAX_RATE_REF_ID,
		value[EXACT_ITEM_SALES_VAT_CODE], NULL);
}

static void build(const struct derive *derive, const struct feed_row *row,
	struct model_record *record)
{
	const char *const *value = row->values;
	bool bought = convert_true(value[EXACT_ITEM_IS_PURCHASE_ITEM]);
	bool sold = convert_true(value[EXACT_ITEM_IS_SALES_ITEM]);

	model_set_text(record, ITEM_ID, row->id);
	convert_text(record, ITEM_NAME, value[EXACT_ITEM_DESCRIPTION], 0);
	convert_text(record, ITEM_CODE, value[EXACT_ITEM_CODE], 0);
	model_set_text(record, ITEM_STATUS,
		value[EXACT_ITEM_END_DATE] ? "Archived" : "Active");
	model_set_text(record, ITEM_TYPE,
		convert_true(value[EXACT_ITEM_IS_STOCK_ITEM]) ? "Inventory"
							      : "Unknown");
	model_set_boolean(record, ITEM_IS_BILL_ITEM, bought);
	if (bought)
		set_bill_half(derive, value, record);
	model_set_boolean(record, ITEM_IS_INVOICE_ITEM, sold);
	if (sold)
		set_invoice_half(derive, value, record);
	model_set_boolean(record, ITEM_IS_DELETED, false);
	convert_utc(record, ITEM_SOURCE_MODIFIED_DATE, derive->zone,
		value[EXACT_ITEM_MODIFIED]);
}

int make_items(struct derive *derive, const struct feed_group *group,
	struct error *err)
{
	return row_make(derive, &model_items, group, build, err);
}
