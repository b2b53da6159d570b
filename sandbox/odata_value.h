/*
 * The values of rows. Each function fills `ret`, which is null before; when
 * the row has no value, `ret` stays null.
 */
#ifndef SANDBOX_ODATA_VALUE_H
#define SANDBOX_ODATA_VALUE_H

#include <stddef.h>
#include <stdint.h>

#include "sandbox/odata_rows.h"

#define ODATA_DAY_MS 86400000

void odata_value_number(struct render_value *ret, int64_t number);
void odata_value_real(struct render_value *ret, double value);
/* Days since 1970; 0: none. */
void odata_value_day(struct render_value *ret, int32_t day);
/* 0: none. */
void odata_value_letter(struct render_value *ret, char letter);
void odata_value_guid(const struct odata_rows *rows, enum books_kind kind,
	uint32_t serial, struct render_value *ret);
/* `text` is of books_names_put(); 0: none. */
void odata_value_name(
	const struct odata_rows *rows, uint32_t text, struct render_value *ret);
void odata_value_moment(const struct odata_rows *rows, int64_t utc_ms,
	struct render_value *ret);
/* `cents` counts the currency's smallest unit; `digits` is the number of
 * decimals. */
void odata_value_amount(uint32_t serial, unsigned salt, int64_t cents,
	int digits, struct render_value *ret);

/* Of a row that another row refers to. */
void odata_value_account(const struct odata_rows *rows,
	const struct books_account *account, enum odata_source source,
	struct render_value *ret);
void odata_value_relation(const struct odata_rows *rows,
	const struct books_relation *relation, enum odata_source source,
	struct render_value *ret);
void odata_value_journal(const struct odata_rows *rows,
	const struct books_journal *journal, enum odata_source source,
	struct render_value *ret);
/* The same by the row's number plus one; 0: none. */
void odata_value_account_at(const struct odata_rows *rows, uint32_t plus_one,
	enum odata_source source, struct render_value *ret);
void odata_value_relation_at(const struct odata_rows *rows, uint32_t plus_one,
	enum odata_source source, struct render_value *ret);
void odata_value_item_at(const struct odata_rows *rows, uint32_t plus_one,
	enum odata_source source, struct render_value *ret);
void odata_value_vat_at(const struct odata_rows *rows, uint16_t plus_one,
	uint16_t percent, enum odata_source source, struct render_value *ret);
/* By the row's number itself. */
void odata_value_journal_at(const struct odata_rows *rows, uint32_t journal,
	enum odata_source source, struct render_value *ret);
/* 0: none. */
void odata_value_document(const struct odata_rows *rows, uint32_t serial,
	enum odata_source source, struct render_value *ret);

#endif
