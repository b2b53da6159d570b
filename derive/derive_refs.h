/*
 * What records say of records that come from other feeds: the names of
 * accounts, journals and VAT codes as they are now.
 */
#ifndef DERIVE_DERIVE_REFS_H
#define DERIVE_DERIVE_REFS_H

#include <stdbool.h>

#include "derive/derive.h"
#include "derive/refs.h"

struct derive_refs {
	struct refs *journals;      /* by code: "id name" */
	struct refs *accounts;      /* by id: name */
	struct refs *account_types; /* by id: GLAccounts.Type */
	struct refs *vat_codes;     /* by code: "id name" */
	struct refs *vat_rates;     /* by code: the percentage now in force */
};

/* GLAccounts.Type of accounts that documents are told by. */
#define ACCOUNT_TYPE_RECEIVABLE "20"
#define ACCOUNT_TYPE_PAYABLE    "22"
#define ACCOUNT_TYPE_VAT        "24"

/* derive->refs, until derive_refs_close(). FAIL_STORE, FAIL_STOP. */
int derive_refs_open(struct derive *derive, struct error *err) MUST_CHECK;
void derive_refs_close(struct derive *derive);
/* All entries are made with these now; a transaction of its own. */
int derive_refs_keep(struct derive *derive, struct error *err) MUST_CHECK;

/* Must entries that mention what changed be made again? */
bool derive_refs_any_changed(const struct derive *derive);
bool derive_refs_line_changed(
	const struct derive *derive, const char *const *line_values);

/* Two fields, `field` and the one behind it: an account's id, and its name
 * now; `copy` (may be NULL) while it is not known. */
void derive_refs_account(const struct derive *derive,
	struct model_record *record, int field, const char *id,
	const char *copy);
/* Three fields: a VAT code's id, name, and rate in percent: `fraction`, or
 * what is in force now when that is NULL. None when the code isn't known. */
void derive_refs_tax_rate(const struct derive *derive,
	struct model_record *record, int field, const char *code,
	const char *fraction);

#endif
