/*
 * What records say of records that come from other feeds: the names of
 * accounts, journals and VAT codes as they are now.
 */
#ifndef DERIVE_REFS_H
#define DERIVE_REFS_H

#include <stdbool.h>
#include <stddef.h>

#include "derive/derive_parts.h"

#define REFS_TEXT_MAX 1000

enum refs_list {
	REFS_JOURNALS,      /* by code: "ID name" */
	REFS_ACCOUNTS,      /* by id: name */
	REFS_ACCOUNT_TYPES, /* by id: GLAccounts.Type */
	REFS_VAT_CODES,     /* by code: "ID name" */
	REFS_VAT_RATES,     /* by code: the percentage now in force */
	REFS_LISTS
};

/* GLAccounts.Type of the accounts by which documents are recognized. */
#define ACCOUNT_TYPE_RECEIVABLE "20"
#define ACCOUNT_TYPE_PAYABLE    "22"
#define ACCOUNT_TYPE_VAT        "24"

/* Reads the lists, to be found in derive->refs until refs_close(). FAIL_STORE,
 * FAIL_STOP. */
int refs_open(struct derive *derive, struct error *err) MUST_CHECK;
void refs_close(struct derive *derive);

/* Must refs_keep() be called? */
bool refs_to_be_kept(const struct derive *derive);
/* Has something another name than the records were made with? */
bool refs_any_renamed(const struct derive *derive);
/* Does the ledger line mention such a thing? */
bool refs_line_renamed(
	const struct derive *derive, const char *const *line_values);
/* All records are made with these names now, or are dirty. Inside a
 * transaction. FAIL_STORE, FAIL_STOP. */
int refs_keep(struct derive *derive, struct error *err) MUST_CHECK;

/* The text for that key, at most REFS_TEXT_MAX; false when it isn't known. */
bool refs_get(const struct derive *derive, enum refs_list list, const char *key,
	char ret[static REFS_TEXT_MAX]);

/* Two fields, `field` and the next: an account's id, and its name now; `copy`
 * (may be NULL) while the account is not known. */
void refs_set_account(const struct derive *derive, struct model_record *record,
	int field, const char *id, const char *copy);
/* Three fields: a VAT code's id, name, and rate in percent: `fraction`, or the
 * rate now in force when `fraction` is NULL. No field is set when the code
 * isn't known. */
void refs_set_tax_rate(const struct derive *derive, struct model_record *record,
	int field, const char *code, const char *fraction);

#endif
