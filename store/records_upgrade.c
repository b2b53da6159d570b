/*
 * Company files of older schemas.
 *
 *	1  kept dirty groups in order of arrival
 *	2  had internal tables under plain names; facts about the company, the
 *	   state of streams and the names that entries carry were all in `meta`
 *	3  has internal tables whose names begin with "_", and a table for each
 *	   of the three
 *
 * Tables of feeds and of raw rows are only renamed, so upgrading a large file
 * takes no longer than upgrading a small one. Only the writer upgrades a file.
 * A reader of an old file uses temporary views instead: the queries that fill
 * the new tables during an upgrade are also the definitions of those views.
 */
#include "store/records_parts.h"

#include <string.h>

/* The selection of columns that every release with schema 1 or 2 asked of
 * Divisions, as entity_selection() writes selections. */
#define DIVISIONS_SELECTION "d28a95c98d5342ac"

/*
 * A fact "overlap.Accounts" of schema 2 is the state of a stream, a fact
 * "vat-ref.5" is a name. Schema 2 kept no cursor of a stream that stores no
 * rows (Divisions), so its newest run that was done tells when it finished. A
 * cursor's own time counts even when it is 0: the stream starts anew.
 */
static const struct {
	const char *table;
	const char *query;
} contents[] = {
	{ "_facts",
		"SELECT name, CASE WHEN name IN ('change_number', 'opens', "
		"'division', 'epoch', 'zone.asked') THEN CAST(value AS "
		"INTEGER) ELSE value END AS value FROM meta WHERE value != '' "
		"AND substr(name, 1, instr(name, '.') - 1) NOT IN ('overlap', "
		"'past', 'mark', 'mark-ms', 'asked', 'full', 'selection', "
		"'began', 'swept', 'doubt', 'followed', 'heard', "
		"'journal-ref', 'account-ref', 'account-type', 'vat-ref', "
		"'vat-rate')" },
	{ "_names", "SELECT substr(name, 1, instr(name, '.') - 1) AS list, "
		    "substr(name, instr(name, '.') + 1) AS key, value AS text "
		    "FROM meta WHERE substr(name, 1, instr(name, '.') - 1) IN "
		    "('journal-ref', 'account-ref', 'account-type', 'vat-ref', "
		    "'vat-rate')" },
	{ "_streams",
		"WITH facts AS (SELECT substr(name, 1, instr(name, '.') - 1) "
		"AS what, substr(name, instr(name, '.') + 1) AS stream, value "
		"FROM meta WHERE value != '' AND substr(name, 1, instr(name, "
		"'.') - 1) IN ('overlap', 'past', 'mark', 'mark-ms', 'asked', "
		"'full', 'selection', 'began', 'swept', 'doubt', 'followed', "
		"'heard')) SELECT known.stream, "
		"coalesce(max(committed), 0) AS committed, "
		"coalesce(max(run_high), 0) AS run_high, "
		"coalesce(max(next), '') AS next, "
		"coalesce(max(finished_ms), (SELECT ended_ms FROM runs WHERE "
		"runs.stream = known.stream AND state = 'done' ORDER BY seq "
		"DESC LIMIT 1), 0) AS finished_ms, "
		"CAST(max(CASE what WHEN 'overlap' THEN value END) AS INTEGER) "
		"AS overlap, "
		"CAST(max(CASE what WHEN 'past' THEN value END) AS INTEGER) AS "
		"past, "
		"CAST(max(CASE what WHEN 'mark' THEN value END) AS INTEGER) AS "
		"mark, "
		"coalesce(CAST(max(CASE what WHEN 'mark-ms' THEN value END) AS "
		"INTEGER), 0) AS mark_ms, "
		"coalesce(CAST(max(CASE what WHEN 'asked' THEN value END) AS "
		"INTEGER), 0) AS asked_ms, "
		"coalesce(max(what = 'full'), 0) AS owes_sweep, "
		"coalesce(max(CASE what WHEN 'selection' THEN value END), CASE "
		"known.stream WHEN 'Divisions' THEN '" DIVISIONS_SELECTION
		"' END, '') AS selection, "
		"coalesce(CAST(max(CASE what WHEN 'began' THEN value END) AS "
		"INTEGER), 0) AS began_ms, "
		"coalesce(CAST(max(CASE what WHEN 'swept' THEN value END) AS "
		"INTEGER), 0) AS swept_ms, "
		"coalesce(max(what = 'doubt'), 0) AS doubt, "
		/* "A B": a cast takes the number in front. */
		"CAST(max(CASE what WHEN 'followed' THEN value END) AS "
		"INTEGER) AS followed_feed, "
		"CAST(max(CASE what WHEN 'followed' THEN substr(value, "
		"instr(value, ' ') + 1) END) AS INTEGER) AS "
		"followed_deletions, "
		"NULL AS followed_accounts, 0 AS wanted, "
		"coalesce(CAST(max(CASE what WHEN 'heard' THEN value END) AS "
		"INTEGER), 0) AS heard_ms "
		"FROM (SELECT stream FROM cursors UNION SELECT stream FROM "
		"facts UNION SELECT stream FROM runs WHERE state = 'done') AS "
		"known LEFT JOIN cursors USING (stream) LEFT JOIN facts USING "
		"(stream) GROUP BY known.stream" },
};

#define CONTENTS (sizeof(contents) / sizeof(contents[0]))

/* Tables that only get another name. */
static const struct {
	const char *before;
	const char *now;
} renamed[] = {
	{ "raw_rows", "_raw_rows" },
	{ "deletions", "_deletions" },
	{ "dirty", "_dirty" },
	{ "frontiers", "_frontiers" },
};

#define RENAMED (sizeof(renamed) / sizeof(renamed[0]))

static int old_feeds(struct records *records,
	int (*fn)(void *arg, const char *feed), void *arg, struct error *err)
{
	sqlite3_stmt *feeds;
	bool more = false;
	int fail;

	fail = sql_prepare(records->db, records->path,
		"SELECT substr(name, 6) FROM main.sqlite_master WHERE type = "
		"'table' AND substr(name, 1, 5) = 'feed_'",
		false, &feeds, err);
	if (fail)
		return fail;
	for (;;) {
		fail = records_step(records, feeds, &more, err);
		if (fail || !more)
			break;
		fail = fn(arg, sql_text(feeds, 0));
		if (fail)
			break;
	}
	(void)sqlite3_finalize(feeds);
	return fail;
}

static int put_feed_change(void *arg, const char *feed)
{
	struct buf *text = arg;

	buf_printf(text,
		"ALTER TABLE \"feed_%s\" RENAME TO "
		"\"_feed_%s\";" RECORDS_RAW_TABLE,
		feed, feed, feed);
	return 0;
}

static int put_feed_view(void *arg, const char *feed)
{
	struct buf *text = arg;

	buf_printf(text,
		"CREATE TEMP VIEW \"_feed_%s\" AS SELECT * FROM "
		"main.\"feed_%s\";",
		feed, feed);
	return 0;
}

/* Version 1 kept `dirty` in order of arrival, and knew no frontiers. */
static const char from_1[] =
	"CREATE TEMP TABLE dirty_before AS SELECT feed, grp FROM dirty;"
	"DROP TABLE dirty;"
	"CREATE TABLE dirty (feed TEXT NOT NULL, grp TEXT NOT NULL, PRIMARY "
	"KEY (feed, grp)) WITHOUT ROWID;"
	"INSERT OR IGNORE INTO dirty SELECT feed, grp FROM temp.dirty_before;"
	"DROP TABLE temp.dirty_before;"
	"CREATE TABLE frontiers (feed TEXT PRIMARY KEY NOT NULL, grp TEXT NOT "
	"NULL) WITHOUT ROWID;";

int records_upgrade(struct records *records, int64_t version, struct error *err)
{
	struct buf text;
	int fail;

	buf_init(&text, 1 << 20);
	if (version == 1)
		buf_puts(&text, from_1);
	for (size_t i = 0; i < CONTENTS; i++)
		buf_printf(&text, "INSERT INTO \"%s\" %s;", contents[i].table,
			contents[i].query);
	buf_puts(&text, "DROP TABLE meta; DROP TABLE cursors;");
	for (size_t i = 0; i < RENAMED; i++)
		buf_printf(&text, "ALTER TABLE \"%s\" RENAME TO \"%s\";",
			renamed[i].before, renamed[i].now);
	fail = old_feeds(records, put_feed_change, &text, err);
	if (!fail)
		fail = records_execute(records, &text, err);
	buf_free(&text);
	return fail;
}

int records_upgrade_views(struct records *records, struct error *err)
{
	struct buf text;
	int fail;

	buf_init(&text, 1 << 20);
	for (size_t i = 0; i < CONTENTS; i++)
		buf_printf(&text, "CREATE TEMP VIEW \"%s\" AS %s;",
			contents[i].table, contents[i].query);
	for (size_t i = 0; i < RENAMED; i++)
		buf_printf(&text,
			"CREATE TEMP VIEW \"%s\" AS SELECT * FROM main.\"%s\";",
			renamed[i].now, renamed[i].before);
	buf_puts(&text, "CREATE TEMP VIEW _counts AS SELECT '' AS name, 0 AS "
			"live, 0 AS gone WHERE 0;");
	fail = old_feeds(records, put_feed_view, &text, err);
	if (!fail)
		fail = records_execute(records, &text, err);
	buf_free(&text);
	return fail;
}
