/*
 * One row for each thing that is referred to; refs.c does the work.
 */
#include "derive/derive_refs.h"

#include <stdlib.h>
#include <string.h>

#include "derive/convert.h"

#define SOURCES 5

struct source {
	struct refs_source refs;
	size_t at; /* of the member of struct derive_refs */
	int line_column;
};

#define MEMBER(name) offsetof(struct derive_refs, name)

static const struct source sources[SOURCES] = {
	{ { .name = "journal-ref",
		  .entity = &entity_journals,
		  .key_column = EXACT_JOURNAL_CODE,
		  .name_column = EXACT_JOURNAL_DESCRIPTION,
		  .with_id = true },
		MEMBER(journals), LINE_JOURNAL_CODE },
	{ { .name = "account-ref",
		  .entity = &entity_gl_accounts,
		  .key_column = -1,
		  .name_column = GL_ACCOUNT_DESCRIPTION },
		MEMBER(accounts), LINE_GL_ACCOUNT },
	{ { .name = "account-type",
		  .entity = &entity_gl_accounts,
		  .key_column = -1,
		  .name_column = GL_ACCOUNT_TYPE },
		MEMBER(account_types), LINE_GL_ACCOUNT },
	{ { .name = "vat-ref",
		  .entity = &entity_vat_codes,
		  .key_column = VAT_CODE_CODE,
		  .name_column = VAT_CODE_DESCRIPTION,
		  .with_id = true },
		MEMBER(vat_codes), LINE_VAT_CODE },
	/* Lines have the rate of their day: a new one makes none anew. */
	{ { .name = "vat-rate",
		  .entity = &entity_vat_codes,
		  .key_column = VAT_CODE_CODE,
		  .name_column = VAT_CODE_PERCENTAGE },
		MEMBER(vat_rates), -1 },
};

static struct refs **place(struct derive_refs *refs, size_t i)
{
	return (struct refs **)(void *)((char *)refs + sources[i].at);
}

static struct refs *at(const struct derive *derive, size_t i)
{
	return *place(derive->refs, i);
}

static int keep(struct derive *derive, bool first_only, struct error *err)
{
	int r = records_begin(derive->records, err);

	if (r)
		return r;
	for (size_t i = 0; i < SOURCES && !r; i++) {
		if (!first_only || refs_first(at(derive, i)))
			r = refs_keep(at(derive, i), err);
	}
	/* Drafts name accounts and VAT codes, and come behind the entries. */
	if (!r && !first_only && derive_refs_any_changed(derive))
		r = records_dirty_all(
			derive->records, &entity_sales_invoices.shape, err);
	if (!r)
		r = records_commit(derive->records, err);
	if (r)
		records_rollback(derive->records);
	return r;
}

int derive_refs_open(struct derive *derive, struct error *err)
{
	bool first = false;
	int r = 0;

	derive->refs = calloc(1, sizeof(*derive->refs));
	if (!derive->refs)
		return error_set(err, FAIL_STOP, "out of memory");
	for (size_t i = 0; i < SOURCES && !r; i++) {
		r = refs_open(place(derive->refs, i), derive->records,
			&sources[i].refs, err);
		first = first || (!r && refs_first(at(derive, i)));
	}
	if (!r && first)
		r = keep(derive, true, err);
	if (r)
		derive_refs_close(derive);
	return r;
}

void derive_refs_close(struct derive *derive)
{
	if (!derive->refs)
		return;
	for (size_t i = 0; i < SOURCES; i++)
		refs_close(at(derive, i));
	free(derive->refs);
	derive->refs = NULL;
}

int derive_refs_keep(struct derive *derive, struct error *err)
{
	return keep(derive, false, err);
}

bool derive_refs_any_changed(const struct derive *derive)
{
	for (size_t i = 0; i < SOURCES; i++) {
		if (refs_any_changed(at(derive, i)))
			return true;
	}
	return false;
}

bool derive_refs_line_changed(
	const struct derive *derive, const char *const *line_values)
{
	for (size_t i = 0; i < SOURCES; i++) {
		int column = sources[i].line_column;

		if (column >= 0 &&
			refs_changed(at(derive, i), line_values[column]))
			return true;
	}
	return false;
}

void derive_refs_account(const struct derive *derive,
	struct model_record *record, int field, const char *id,
	const char *copy)
{
	char name[REFS_TEXT_MAX];

	convert_text(record, field, id, 0);
	if (!model_is_set(record, field))
		return;
	if (refs_get(derive->refs->accounts, id, name, sizeof(name)))
		copy = name;
	convert_text(record, field + 1, copy, 0);
}

void derive_refs_tax_rate(const struct derive *derive,
	struct model_record *record, int field, const char *code,
	const char *fraction)
{
	char text[REFS_TEXT_MAX];
	char rate[REFS_TEXT_MAX];
	char *blank;
	int64_t percent;

	if (!convert_has(code) ||
		!refs_get(derive->refs->vat_codes, code, text, sizeof(text)))
		return;
	blank = strchr(text, ' ');
	if (blank)
		*blank = '\0';
	model_set_text(record, field, text);
	if (blank)
		convert_text(record, field + 1, blank + 1, 0);
	if (!fraction &&
		refs_get(derive->refs->vat_rates, code, rate, sizeof(rate)))
		fraction = rate;
	if (convert_percent(fraction, &percent))
		model_set_rate(record, field + 2, percent);
}
