/*
 * A book year is named after the year it closes in; period 1 is the month
 * after the closing month. With closing month 8, 2021-09-01 is in period 1 of
 * 2022.
 */
#include "sandbox/books_rows.h"
#include "sandbox/render.h"

void books_period(const struct books_set *set, int64_t days, uint16_t *ret_year,
	uint16_t *ret_period)
{
	int year;
	int month;
	int day;

	render_civil(days, &year, &month, &day);
	if (month > set->closing_month)
		year++;
	*ret_year = (uint16_t)year;
	*ret_period = (uint16_t)((month - set->closing_month + 11) % 12 + 1);
}
