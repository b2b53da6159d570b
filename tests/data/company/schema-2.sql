-- A company file as releases with schema 2 made it, with a few rows of each
-- kind; tables of data types are left out, since a writer adds them.
CREATE TABLE meta (name TEXT PRIMARY KEY NOT NULL, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE raw_rows (batch INTEGER PRIMARY KEY, entity TEXT NOT NULL, run INTEGER NOT NULL, received_ms INTEGER NOT NULL, rows INTEGER NOT NULL, body BLOB NOT NULL);
CREATE TABLE deletions (feed TEXT NOT NULL, key TEXT NOT NULL, version INTEGER NOT NULL, learnt_ms INTEGER NOT NULL, PRIMARY KEY (feed, key)) WITHOUT ROWID;
CREATE TABLE dirty (feed TEXT NOT NULL, grp TEXT NOT NULL, PRIMARY KEY (feed, grp)) WITHOUT ROWID;
CREATE TABLE frontiers (feed TEXT PRIMARY KEY NOT NULL, grp TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE cursors (stream TEXT PRIMARY KEY NOT NULL, committed INTEGER NOT NULL, run_high INTEGER NOT NULL, next TEXT NOT NULL, finished_ms INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE runs (seq INTEGER PRIMARY KEY, run TEXT NOT NULL, stream TEXT NOT NULL, state TEXT NOT NULL, problem TEXT, calls INTEGER NOT NULL, pages INTEGER NOT NULL, rows INTEGER NOT NULL, changed INTEGER NOT NULL, deleted INTEGER NOT NULL, began_ms INTEGER NOT NULL, ended_ms INTEGER NOT NULL, UNIQUE (run, stream));
CREATE INDEX runs_stream ON runs (stream);
CREATE TABLE findings (type TEXT NOT NULL, id TEXT NOT NULL, position INTEGER NOT NULL, check_id TEXT NOT NULL, error BOOLEAN NOT NULL, text TEXT NOT NULL, PRIMARY KEY (type, id, position)) WITHOUT ROWID;
CREATE TABLE "feed_TransactionLines" (_seq INTEGER PRIMARY KEY, _id TEXT NOT NULL, _group TEXT NOT NULL, _version INTEGER NOT NULL, "AmountDC" TEXT, "Description" TEXT);
CREATE UNIQUE INDEX "feed_TransactionLines_id" ON "feed_TransactionLines" (_id);
CREATE INDEX "feed_TransactionLines_group" ON "feed_TransactionLines" (_group);
CREATE INDEX "feed_TransactionLines_find_AmountDC" ON "feed_TransactionLines" ("AmountDC") WHERE "Description" = 'H';
INSERT INTO "feed_TransactionLines" VALUES (1, 'L1', 'E1', 10, '12.50', 'H'), (2, 'L2', 'E1', 11, '-12.50', NULL), (5, 'L5', 'E2', 12, '1', 'H');
INSERT INTO raw_rows VALUES (1, 'TransactionLines', 1, 1763712000000, 3, x'789c8b8e050001150093');
INSERT INTO deletions VALUES ('TransactionLines', 'E9', 40, 1763712000000);
INSERT INTO dirty VALUES ('TransactionLines', 'E1');
INSERT INTO frontiers VALUES ('TransactionLines', 'E2');
INSERT INTO cursors VALUES ('TransactionLines', 12, 0, '', 1763719200000), ('Receivables', 0, 0, 'https://x/next', 0);
INSERT INTO runs VALUES
	(1, 'r1', 'Divisions', 'done', NULL, 1, 1, 1, 0, 0, 1763711000000, 1763711000001),
	(2, 'r1', 'Receivables', 'done', NULL, 1, 1, 1, 0, 0, 1763711000000, 1763711000002),
	(3, 'r2', 'Divisions', 'done', NULL, 1, 1, 1, 0, 0, 1763712000000, 1763712000007),
	(4, 'r3', 'Divisions', 'failed', 'no scope', 0, 0, 0, 0, 0, 1763713000000, 1763713000001);
INSERT INTO meta VALUES
	('account-ref', '1'), ('account-ref.a.b', 'Bank'), ('vat-ref.5', 'i5 High'),
	('asked.Receivables', '1763712000001'), ('began.Receivables', '1763712000002'), ('began.TransactionLines', ''),
	('change_number', '669'), ('country', 'NL'), ('currency', 'EUR'), ('division', '100002'),
	('doubt.PayablesList', '1'), ('doubt.Receivables', ''), ('epoch', '7'),
	('followed.Receivables', '11 22'), ('full.Receivables', '1'), ('full.TransactionLines', ''),
	('heard.Deleted', '1763712000003'), ('mapping', '5 nl EUR 3'), ('mark-ms.TransactionLines', '1763712000004'),
	('mark.TransactionLines', '9'), ('model', 'old'), ('moved', 'never'), ('name', ''),
	('open-items.sales.words', 'agrees'), ('opens', '3'), ('overlap.TransactionLines', '0'), ('past.TransactionLines', '8'),
	('selection.TransactionLines', 'ec9dad1b218f3d1b'), ('swept.TransactionLines', '1763712000005'),
	('written_by', '0.1.0'), ('zone', 'central'), ('zone.asked', '1763712000006');
PRAGMA application_id = 1165508963;
PRAGMA user_version = 2;
