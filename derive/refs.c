/*
 * One row for each kind of thing that records refer to.
 */
#include "derive/refs.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "derive/convert.h"
#include "derive/ref_list.h"

static_assert(REFS_TEXT_MAX >= REF_LIST_TEXT_MAX, "a list's text fits");

struct refs {
	struct ref_list *lists[REFS_LISTS]; /* owned */
};

static const struct source {
	struct ref_list_source list;
	int line_column; /* in which ledger lines mention it; -1: in none */
} sources[REFS_LISTS] = {
	[REFS_JOURNALS] = { { .name = "journal-ref",
				    .entity = &entity_journals,
				    .key_column = EXACT_JOURNAL_CODE,
				    .name_column = EXACT_JOURNAL_DESCRIPTION,
				    .with_id = true },
		LINE_JOURNAL_CODE },
	[REFS_ACCOUNTS] = { { .name = "account-ref",
				    .entity = &entity_gl_accounts,
				    .key_column = -1,
				    .name_column = GL_ACCOUNT_DESCRIPTION },
		LINE_GL_ACCOUNT },
	[REFS_ACCOUNT_TYPES] = { { .name = "account-type",
					 .entity = &entity_gl_accounts,
					 .key_column = -1,
					 .name_column = GL_ACCOUNT_TYPE },
		LINE_GL_ACCOUNT },
	[REFS_VAT_CODES] = { { .name = "vat-ref",
				     .entity = &entity_vat_codes,
				     .key_column = VAT_CODE_CODE,
				     .name_column = VAT_CODE_DESCRIPTION,
				     .with_id = true },
		LINE_VAT_CODE },
	/* Ledger lines carry the rate of their day: no entry is made again
	 * when the rate in force changes. */
	[REFS_VAT_RATES] = { { .name = "vat-rate",
				     .entity = &entity_vat_codes,
				     .key_column = VAT_CODE_CODE,
				     .name_column = VAT_CODE_PERCENTAGE },
		-1 },
};

int refs_open(struct derive *derive, struct error *err)
{
	int fail = 0;

	derive->refs = calloc(1, sizeof(*derive->refs));
	if (!derive->refs)
		return error_set(err, FAIL_STOP, "out of memory");
	for (size_t i = 0; i < REFS_LISTS && !fail; i++)
		fail = ref_list_open(&derive->refs->lists[i], derive->records,
			&sources[i].list, err);
	if (fail)
		refs_close(derive);
	return fail;
}

void refs_close(struct derive *derive)
{
	if (!derive->refs)
		return;
	for (size_t i = 0; i < REFS_LISTS; i++)
		ref_list_free(derive->refs->lists[i]);
	free(derive->refs);
	derive->refs = NULL;
}

bool refs_any_renamed(const struct derive *derive)
{
	for (size_t i = 0; i < REFS_LISTS; i++) {
		if (ref_list_any_renamed(derive->refs->lists[i]))
			return true;
	}
	return false;
}

bool refs_to_be_kept(const struct derive *derive)
{
	for (size_t i = 0; i < REFS_LISTS; i++) {
		if (ref_list_is_first(derive->refs->lists[i]))
			return true;
	}
	return refs_any_renamed(derive);
}

bool refs_line_renamed(
	const struct derive *derive, const char *const *line_values)
{
	for (size_t i = 0; i < REFS_LISTS; i++) {
		int column = sources[i].line_column;

		if (column >= 0 && ref_list_renamed(derive->refs->lists[i],
					   line_values[column]))
			return true;
	}
	return false;
}

int refs_keep(struct derive *derive, struct error *err)
{
	int fail = 0;

	for (size_t i = 0; i < REFS_LISTS && !fail; i++)
		fail = ref_list_keep(derive->refs->lists[i], err);
	return fail;
}

bool refs_get(const struct derive *derive, enum refs_list list, const char *key,
	char ret[static REFS_TEXT_MAX])
{
	return ref_list_get(derive->refs->lists[list], key, ret, REFS_TEXT_MAX);
}

void refs_set_account(const struct derive *derive, struct model_record *record,
	int field, const char *id, const char *copy)
{
	char name[REFS_TEXT_MAX];

	convert_text(record, field, id, 0);
	if (!model_is_set(record, field))
		return;
	if (refs_get(derive, REFS_ACCOUNTS, id, name))
		copy = name;
	convert_text(record, field + 1, copy, 0);
}

void refs_set_tax_rate(const struct derive *derive, struct model_record *record,
	int field, const char *code, const char *fraction)
{
	char text[REFS_TEXT_MAX];
	char rate[REFS_TEXT_MAX];
	char *blank;
	int64_t percent;

	if (!convert_has(code) || !refs_get(derive, REFS_VAT_CODES, code, text))
		return;
	blank = strchr(text, ' ');
	if (blank)
		*blank = '\0';
	model_set_text(record, field, text);
	if (blank)
		convert_text(record, field + 1, blank + 1, 0);
	if (!fraction && refs_get(derive, REFS_VAT_RATES, code, rate))
		fraction = rate;
	if (convert_percent(fraction, &percent))
		model_set_rate(record, field + 2, percent);
}
