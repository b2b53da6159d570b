/*
 * JSON of the truth. Exact decimal text: 12345 at two digits is "123.45", -5
 * is "-0.05".
 */
#include "sandbox/truth_record.h"

#include <stdio.h>
#include <string.h>

#include "sandbox/render.h"

#define DAY_MS 86400000

static void key(struct truth *t, const char *name)
{
	if (t->comma)
		buf_putc(&t->line, ',');
	t->comma = true;
	if (!name)
		return;
	buf_putc(&t->line, '"');
	buf_puts(&t->line, name);
	buf_puts(&t->line, "\":");
}

void truth_record_begin(struct truth *t, const char *type)
{
	buf_reset(&t->line);
	buf_printf(&t->line,
		"{\"division\":%d,\"dataType\":\"%s\",\"record\":{",
		t->set->division.code, type);
	t->comma = false;
}

void truth_record_end(struct truth *t)
{
	buf_puts(&t->line, "}}\n");
	if (buf_failed(&t->line))
		t->fail = FAIL_STOP;
	if (t->fail == 0)
		t->fail = t->put(t->arg, t->line.data, t->line.len);
}

void truth_record_object(struct truth *t, const char *name)
{
	key(t, name);
	buf_putc(&t->line, '{');
	t->comma = false;
}

void truth_record_list(struct truth *t, const char *name)
{
	key(t, name);
	buf_putc(&t->line, '[');
	t->comma = false;
}

void truth_record_close(struct truth *t, char bracket)
{
	buf_putc(&t->line, bracket);
	t->comma = true;
}

void truth_record_text(struct truth *t, const char *name, const char *text)
{
	if (!text || *text == '\0')
		return;
	key(t, name);
	render_json_text(&t->line, text, strlen(text));
}

void truth_record_name(struct truth *t, const char *name, uint32_t text)
{
	truth_record_text(t, name, books_names_text(t->books, text));
}

void truth_record_guid(
	struct truth *t, const char *name, const struct books_guid *guid)
{
	char text[37];

	books_index_text(guid, text);
	truth_record_text(t, name, text);
}

void truth_record_id(
	struct truth *t, const char *name, enum books_kind kind, size_t row)
{
	struct books_guid guid = books_index_row_guid(
		t->books, t->set, kind, row);

	truth_record_guid(t, name, &guid);
}

void truth_record_entry(struct truth *t, const char *name, size_t entry)
{
	struct books_guid guid = books_index_guid(t->books,
		t->set->division.code, BOOKS_ENTRIES,
		t->set->entries[entry].serial);

	truth_record_guid(t, name, &guid);
}

void truth_record_bool(struct truth *t, const char *name, bool value)
{
	key(t, name);
	buf_puts(&t->line, value ? "true" : "false");
}

void truth_record_number(struct truth *t, const char *name, int64_t value)
{
	key(t, name);
	buf_printf(&t->line, "\"%lld\"", (long long)value);
}

void truth_record_money(
	struct truth *t, const char *name, int64_t minor, int digits)
{
	static const int64_t units[] = { 1, 10, 100, 1000 };
	int64_t unit = units[digits];
	int64_t size = minor < 0 ? -minor : minor;

	key(t, name);
	buf_printf(&t->line, "\"%s%lld", minor < 0 ? "-" : "",
		(long long)(size / unit));
	if (digits > 0)
		buf_printf(
			&t->line, ".%0*lld", digits, (long long)(size % unit));
	buf_putc(&t->line, '"');
}

/* Long division: (cents / 100) / (minor / 10^digits). */
void truth_record_rate(struct truth *t, const char *name, int64_t cents,
	int64_t minor, int digits)
{
	static const int64_t units[] = { 1, 10, 100, 1000 };
	int64_t above = (cents < 0 ? -cents : cents) * units[digits];
	int64_t below = (minor < 0 ? -minor : minor) * 100;
	int64_t rate;

	if (below == 0)
		return;
	rate = above / below;
	above %= below;
	for (int i = 0; i < 9; i++) {
		above *= 10;
		rate = rate * 10 + above / below;
		above %= below;
	}
	if (above * 2 >= below)
		rate++;
	key(t, name);
	buf_printf(&t->line, "\"%lld.%09lld\"", (long long)(rate / 1000000000),
		(long long)(rate % 1000000000));
}

/* Generated books have whole seconds only. */
static void put_moment(
	struct truth *t, const char *name, int64_t ms, const char *zone)
{
	int year;
	int month;
	int day;
	int64_t in_day = ms % DAY_MS / 1000;

	render_civil(ms / DAY_MS, &year, &month, &day);
	key(t, name);
	buf_printf(&t->line, "\"%04d-%02d-%02dT%02d:%02d:%02d%s\"", year, month,
		day, (int)(in_day / 3600), (int)(in_day / 60 % 60),
		(int)(in_day % 60), zone);
}

void truth_record_date(struct truth *t, const char *name, int32_t day)
{
	put_moment(t, name, (int64_t)day * DAY_MS, "");
}

void truth_record_utc(struct truth *t, const char *name, int64_t utc_ms)
{
	put_moment(t, name, utc_ms, "Z");
}

void truth_record_local(struct truth *t, const char *name, int64_t utc_ms)
{
	put_moment(t, name, render_local(utc_ms, t->uk), "");
}

void truth_record_account(struct truth *t, const char *name, uint32_t index)
{
	const struct books_account *accounts = t->set->tables[BOOKS_ACCOUNTS]
						       .rows;

	truth_record_object(t, name);
	truth_record_id(t, "id", BOOKS_ACCOUNTS, index);
	truth_record_name(t, "name", accounts[index].description);
	truth_record_close(t, '}');
}

void truth_record_not_deleted(struct truth *t)
{
	truth_record_object(t, "metadata");
	truth_record_bool(t, "isDeleted", false);
	truth_record_close(t, '}');
}
