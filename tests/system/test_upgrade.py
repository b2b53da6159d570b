"""A company file that a release with schema 2 made: opened by this one, it
keeps every record and every cursor, opening costs no call, and its next sync
makes no more calls than one where nothing is new.

tests/data/company/schema-2.db.xz holds division 100002 of the sandbox's small
books (`--size small`), synced three times, an hour apart, from WALL on."""
import lzma
import os
import sqlite3

from harness import EXIT, TOP, WorldTest, main

FROZEN = os.path.join(TOP, "tests", "data", "company", "schema-2.db.xz")
HOUR = 3600 * 1000
DIVISION = 100002
# Lists that schema 2 did not read, and the table they fill.
NEW_LISTS = {"Costcenters", "Costunits"}
NEW_TABLES = {"tracking_categories_all"}
CURSORS = "SELECT stream, committed, run_high, next, finished_ms FROM %s"


class Upgrade(WorldTest):
    def company(self):
        """A world with the same books, three hours on, and the old file."""
        world = self.world(sandbox_options=("--size", "small"))
        world.init()
        world.company("alpha", DIVISION)
        world.advance(3 * HOUR)
        folder = os.path.join(world.state, "companies")
        os.makedirs(folder, mode=0o700, exist_ok=True)
        self.path = os.path.join(folder, "alpha.db")
        with open(self.path, "wb") as file:
            file.write(lzma.open(FROZEN).read())
        return world

    def ask(self, sql):
        database = sqlite3.connect("file:%s?mode=ro" % self.path, uri=True)
        rows = database.execute(sql).fetchall()
        database.close()
        return rows

    def records(self):
        """Each table of records, row by row, with its change numbers."""
        tables = [name for name, in self.ask(
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name "
            "LIKE '%\\_all' ESCAPE '\\' ORDER BY name")]
        return {table: sorted(map(repr, self.ask("SELECT * FROM " + table)))
                for table in tables if table not in NEW_TABLES}

    def test_an_old_file_keeps_records_and_cursors_and_costs_an_idle_run(self):
        world = self.company()
        records = self.records()
        self.assertGreater(sum(map(len, records.values())), 1900)
        cursors = dict((row[0], row[1:])
                       for row in self.ask(CURSORS % "cursors"))
        feeds = {name: self.ask("SELECT count(*) FROM " + name)
                 for name, in self.ask(
                     "SELECT name FROM sqlite_master WHERE type = 'table' "
                     "AND name GLOB 'feed_*'")}
        raw = self.ask("SELECT * FROM raw_rows")
        since = len(world.requests())
        # Read as it is: no call, and still the old schema.
        status = world.run("status", "alpha").out
        self.assertIn("372", status)
        self.assertEqual(len(world.export("alpha", "journalEntries")), 372)
        world.run("plan", "alpha")
        self.assertEqual(self.ask("PRAGMA user_version"), [(2,)])
        self.assertEqual(len(world.requests()), since)

        summary = world.sync("alpha")
        self.assertEqual(summary["state"], "done")
        self.assertEqual(self.ask("PRAGMA user_version"), [(3,)])
        self.assertEqual(self.records(), records)
        for data_type in summary["dataTypes"]:
            self.assertEqual((data_type["new"], data_type["updated"],
                              data_type["deleted"]), (0, 0, 0), data_type)
        now = dict((row[0], row[1:]) for row in self.ask(CURSORS % "_streams"))
        self.assertEqual({name: now[name][:3] for name in cursors},
                         {name: row[:3] for name, row in cursors.items()})
        for name, rows in feeds.items():
            self.assertEqual(self.ask("SELECT count(*) FROM _" + name), rows)
        self.assertEqual(self.ask("SELECT * FROM _raw_rows"), raw)

        world.advance(HOUR)
        idle = world.sync("alpha")
        self.assertEqual(
            [stream["stream"] for stream in summary["streams"]
             if stream["calls"] > 0 and stream["stream"] not in NEW_LISTS],
            [stream["stream"] for stream in idle["streams"]
             if stream["calls"] > 0])
        self.assertEqual(summary["calls"], idle["calls"] + len(NEW_LISTS))

    def test_what_comes_after_the_upgrade_arrives(self):
        world = self.company()
        world.sync("alpha")
        world.control("change", division=DIVISION, entity="TransactionLines",
                      count=25)
        world.control("delete", division=DIVISION, entity="TransactionLines",
                      count=5)
        world.advance(HOUR)
        world.sync("alpha")
        login = world.logins()[0]["id"]
        world.run("company", "add", "beta", "--name", "Beta", "--region", "nl",
                  "--division", str(DIVISION), "--login", login)
        world.sync("beta")
        for data_type in ("journalEntries", "customers", "items"):
            alpha, beta = (
                [dict(row, modifiedDate=None)
                 for row in world.export(company, data_type)]
                for company in ("alpha", "beta"))
            self.assertEqual(alpha, beta, data_type)

    def test_a_read_that_fails_ends_the_run_and_changes_nothing(self):
        world = self.company()
        world.sync("alpha")
        records = self.records()
        streams = self.ask("SELECT * FROM _streams")
        facts = self.ask("SELECT * FROM _facts WHERE name NOT IN ('opens')")
        failed = 0
        for at in range(1, 2000, 11):
            process = world.run(
                "sync", "alpha", "--json", expect=None,
                env={"EXACT_FAULT": "eio:records.read@%d" % at})
            if process.returncode == 0:
                break
            self.assertEqual(process.returncode, EXIT["store"], at)
            self.assertIn("alpha.db", process.err, at)
            self.assertEqual(self.records(), records, at)
            failed += 1
        self.assertGreater(failed, 5)
        self.assertEqual(
            [row[0:2] for row in self.ask("SELECT * FROM _streams")],
            [row[0:2] for row in streams])
        self.assertEqual(
            self.ask("SELECT * FROM _facts WHERE name NOT IN ('opens')"), facts)


if __name__ == "__main__":
    main()
