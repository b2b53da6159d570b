#include "tests/derive/document_world.h"

#include <stdarg.h>
#include <stdio.h>

struct buf rows;
static int version = 100;

void row(const char *format, ...)
{
	char text[2048];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	buf_printf(&rows,
		"%s{\"Division\":7,\"Timestamp\":\"%d\"," MODIFIED ",%s}",
		rows.len ? "," : "", version++, text);
}

void come(const struct entity *entity)
{
	arrive(entity, rows.len ? rows.data : "");
	buf_reset(&rows);
}

void begin(void)
{
	set_up();
	buf_init(&rows, 1 << 20);
	row("\"ID\":\"ar\",\"Code\":\"1300\",\"Type\":20");
	row("\"ID\":\"ap\",\"Code\":\"1600\",\"Type\":22");
	row("\"ID\":\"vat\",\"Code\":\"1520\",\"Type\":24");
	row("\"ID\":\"bank\",\"Code\":\"1100\",\"Type\":12");
	row("\"ID\":\"rev\",\"Code\":\"8000\",\"Type\":110");
	row("\"ID\":\"cost\",\"Code\":\"4000\",\"Type\":121");
	come(&entity_gl_accounts);
}

void end(void)
{
	buf_free(&rows);
	tear_down();
}

const struct entry sale1 = {
	.id = "s1", .type = 20, .number = 5, .invoice = 5, .account = "c1"
};

const struct entry undoing = {
	.id = "s2", .type = 20, .number = 6, .invoice = 5, .account = "c1"
};

void line(const struct entry *entry, int number, const char *gl,
	const char *amount, const char *vat)
{
	row("\"ID\":\"%s-%d\",\"EntryID\":\"%s\",\"LineNumber\":%d,"
	    "\"Type\":%d,\"EntryNumber\":%d,\"InvoiceNumber\":%d,"
	    "\"JournalCode\":\"70\",\"Account\":\"%s\","
	    "\"AccountName\":\"As it was\",\"Date\":\"/Date(%s)/\","
	    "\"Currency\":\"%s\",\"GLAccount\":\"%s\",\"AmountDC\":%s,"
	    "\"AmountFC\":%s,\"AmountVATFC\":%s,\"Document\":%s%s%s",
		entry->id, number, entry->id, number, entry->type,
		entry->number, entry->invoice, entry->account,
		entry->date ? entry->date : "1782864000000",
		entry->currency ? entry->currency : "EUR", gl, amount, amount,
		vat, entry->document ? "\"" : "",
		entry->document ? entry->document : "null",
		entry->document ? "\"" : "");
}

void sale(const struct entry *entry)
{
	line(entry, 0, "ar", "121", "0");
	line(entry, 1, "rev", "-100", "-21");
	line(entry, 9000, "vat", "-21", "0");
}

void undone(const struct entry *entry)
{
	line(entry, 0, "ar", "-121", "0");
	line(entry, 1, "rev", "100", "21");
	line(entry, 9000, "vat", "21", "0");
}

void purchase(const struct entry *entry)
{
	line(entry, 0, "ap", "-121", "0");
	line(entry, 1, "cost", "100", "21");
	line(entry, 9000, "vat", "21", "0");
}

void payment(const char *id, const char *control, const char *bank,
	const char *other)
{
	const struct entry entry = { .id = id, .type = 40, .account = "c1" };

	line(&entry, 0, "bank", bank, "0");
	line(&entry, 1, control, other, "0");
}

void receivable(const char *id, const char *entry, const char *amount,
	int status, const char *currency)
{
	row("\"ID\":\"%s\",\"TransactionEntryID\":%s%s%s,\"AmountFC\":%s,"
	    "\"Status\":%d,\"IsFullyPaid\":%s,\"Currency\":\"%s\","
	    "\"LastPaymentDate\":%s",
		id, entry ? "\"" : "", entry ? entry : "null",
		entry ? "\"" : "", amount, status,
		status == 50 ? "true" : "false", currency,
		status == 50 ? "\"/Date(1785456000000)/\"" : "null");
}

void payable(const char *hid, int number, const char *account,
	const char *amount, const char *date)
{
	row("\"HID\":\"%s\",\"EntryNumber\":%d,\"JournalCode\":\"70\","
	    "\"AccountId\":\"%s\",\"Amount\":%s,\"CurrencyCode\":\"EUR\","
	    "\"InvoiceDate\":\"/Date(%s)/\"",
		hid, number, account, amount, date);
}

void invoice(const struct invoice *invoice, const char *total, const char *net,
	const char *vat)
{
	row("\"ID\":\"%s\",\"InvoiceID\":\"%s\",\"LineNumber\":0,"
	    "\"Status\":%d,\"Type\":%d,\"InvoiceNumber\":%d,"
	    "\"InvoiceTo\":\"c1\",\"InvoiceToName\":\"As it was\","
	    "\"Currency\":\"EUR\",\"AmountFC\":%s,\"AmountDC\":%s,"
	    "\"InvoiceDate\":\"/Date(1782864000000)/\","
	    "\"DueDate\":\"/Date(1785456000000)/\",\"Document\":%s%s%s",
		invoice->id, invoice->id, invoice->status, invoice->type,
		invoice->number, total, total, invoice->document ? "\"" : "",
		invoice->document ? invoice->document : "null",
		invoice->document ? "\"" : "");
	row("\"ID\":\"%s-1\",\"InvoiceID\":\"%s\",\"LineNumber\":1,"
	    "\"Status\":%d,\"Type\":%d,\"Currency\":\"EUR\",\"AmountFC\":%s,"
	    "\"VATAmountFC\":%s,\"Quantity\":3,\"GLAccount\":\"rev\","
	    "\"Description\":\"Planks\"",
		invoice->id, invoice->id, invoice->status, invoice->type, net,
		vat);
}

void account(
	const char *id, const char *status, bool supplier, const char *name)
{
	row("\"ID\":\"%s\",\"Status\":\"%s\",\"IsSupplier\":%s,"
	    "\"Name\":\"%s\",\"Country\":\"NL \",\"City\":\"Delft\","
	    "\"Blocked\":false",
		id, status, supplier ? "true" : "false", name);
}

void gone(const struct entity *entity, const char *key)
{
	row("\"ID\":\"gone-%s\",\"EntityType\":%d,\"EntityKey\":\"%s\"", key,
		entity->deleted_type, key);
	come(&entity_deleted);
}

void code(const char *name)
{
	row("\"ID\":\"v1\",\"Code\":\"4\",\"Description\":\"%s\","
	    "\"Percentage\":0.21",
		name);
	come(&entity_vat_codes);
}

void revenue(const char *name)
{
	row("\"ID\":\"rev\",\"Code\":\"8000\",\"Type\":110,"
	    "\"Description\":\"%s\"",
		name);
	come(&entity_gl_accounts);
}
