"""Reference lists (accounts, journals, VAT codes, items, relations, the
division) are read again after their interval, and before it only when that is
asked for or when a stored row names something that they lack."""
import collections
import json
import os
import re

from harness import EXIT, WorldTest, main

DIVISION = 100002
HOUR = 3600 * 1000
REFERENCE = {"system/Divisions", "sync/Financial/GLAccounts",
             "financial/Journals", "vat/VATCodes", "hrm/Costcenters",
             "hrm/Costunits", "bulk/Logistics/Items",
             "sync/CRM/Accounts"}
ALWAYS = {"sync/SalesInvoice/SalesInvoices", "sync/Financial/TransactionLines",
          "sync/Deleted"}
OPEN = {"bulk/Cashflow/Receivables", "read/financial/PayablesList"}


class Reference(WorldTest):
    def synced(self, *options):
        world = self.world(sandbox_options=("--size", "small") + options)
        world.init()
        world.company("books", division=DIVISION)
        world.sync("books")
        return world

    def asked(self, world, since):
        """How often each list of the division was asked for."""
        return collections.Counter(
            re.sub(r"^/api/v1/\d+/", "", request["path"].split("?")[0])
            for request in world.requests(since)
            if re.match(r"/api/v1/\d+/", request["path"]))

    def calls(self, world, *args, **named):
        since = len(world.requests())
        summary = world.sync("books", *args, **named)
        return self.asked(world, since), summary

    def test_they_are_skipped_and_named_with_their_last_reading(self):
        world = self.synced()
        world.advance(HOUR)
        calls, summary = self.calls(world)
        self.assertEqual(dict(calls), {path: 1 for path in ALWAYS})
        streams = {row["stream"]: row for row in summary["streams"]}
        skipped = {row["path"] for row in summary["streams"]
                   if row["skipped"]}
        self.assertEqual(skipped, REFERENCE | OPEN)
        self.assertEqual({row["state"] for row in summary["streams"]},
                         {"done"})
        self.assertTrue(all(row["complete"] for row in summary["dataTypes"]))
        read = streams["GLAccounts"]["lastRead"]
        self.assertLess(read, summary["began"])
        self.assertGreater(streams["Deleted"]["lastRead"], read)
        status = json.loads(world.run("status", "books", "--json").out)
        shown = {row["stream"]: row
                 for row in status["streams"]}
        self.assertTrue(shown["GLAccounts"]["skipped"])
        self.assertEqual(shown["GLAccounts"]["lastRead"], read)
        self.assertFalse(shown["Deleted"]["skipped"])
        text = world.run("sync", "books").out
        line = [line for line in text.splitlines() if "GLAccounts" in line]
        self.assertEqual(len(line), 1, text)
        self.assertIn("skipped, last read " + read, line[0])
        text = world.run("status", "books").out
        line = [line for line in text.splitlines() if "GLAccounts" in line]
        self.assertIn("last read " + read, line[0])

    def test_fresh_full_and_named_data_types_read_them(self):
        world = self.synced()
        calls, _ = self.calls(world, "--fresh")
        self.assertEqual(set(calls), REFERENCE | ALWAYS)
        calls, _ = self.calls(world, "--full")
        self.assertEqual(set(calls), REFERENCE | ALWAYS | OPEN)
        calls, _ = self.calls(world, "--data-types", "chartOfAccounts")
        self.assertEqual(set(calls), {
            "system/Divisions", "sync/Financial/GLAccounts", "sync/Deleted"})

    def test_the_interval_is_a_setting(self):
        world = self.synced()
        path = os.path.join(world.state, "exact-connector.conf")
        with open(path) as file:
            text = file.read()
        self.assertIn("reference_interval_s = 21600;", text)
        with open(path, "w") as file:
            file.write(text.replace("reference_interval_s = 21600;",
                                    "reference_interval_s = 60;"))
        world.advance(61 * 1000)
        plan = json.loads(world.run("plan", "books", "--json").out)
        self.assertEqual({row["calls"]["low"] for row in plan["streams"]
                          if row["path"] in REFERENCE}, {1})
        calls, _ = self.calls(world)
        self.assertEqual(set(calls), REFERENCE | ALWAYS)
        plan = json.loads(world.run("plan", "books", "--json").out)
        self.assertEqual({row["calls"]["low"] for row in plan["streams"]
                          if row["path"] in REFERENCE}, {0})
        calls, _ = self.calls(world)
        self.assertEqual(set(calls), ALWAYS)

    def test_one_that_failed_is_read_by_the_next_run(self):
        world = self.synced()
        world.control("fault", name="status-503", count=-1,
                      path="vat/VATCodes")
        self.calls(world, "--fresh", expect=EXIT["failed"])
        world.control("fault", name="status-503", count=0,
                      path="vat/VATCodes")
        calls, _ = self.calls(world)
        self.assertEqual(set(calls), ALWAYS | {"vat/VATCodes"})

    def test_a_line_on_an_unknown_account_has_the_list_read_in_that_run(self):
        world = self.synced()
        known = {row["id"] for row in world.export("books",
                                                   "chartOfAccounts")}
        world.control("insert", division=DIVISION, count=2, account=1)
        calls, _ = self.calls(world)
        self.assertEqual(calls["sync/Financial/GLAccounts"], 1)
        self.assertEqual(set(calls) & REFERENCE,
                         {"sync/Financial/GLAccounts"})
        paths = [request["path"] for request in world.requests()]
        self.assertIn("GLAccounts", paths[-1], "it comes after the ledger")
        new = [row for row in world.export("books", "chartOfAccounts")
               if row["id"] not in known]
        self.assertEqual([row["name"] for row in new], ["New account"])

    def test_one_killed_before_the_list_was_read_leaves_it_to_the_next(self):
        world = self.synced()
        world.control("insert", division=DIVISION, count=2, account=1)
        # Invoices, ledger and deletions are stored, open items are not.
        world.run("sync", "books", env={"EXACT_FAULT": "kill:feed.page@4"},
                  expect=-9)
        self.assertNotIn("New account", [
            row["name"] for row in world.export("books", "chartOfAccounts")])
        calls, _ = self.calls(world)
        self.assertEqual(calls["sync/Financial/GLAccounts"], 1)
        self.assertIn("New account", [
            row["name"] for row in world.export("books", "chartOfAccounts")])

    def test_a_day_of_hourly_runs_stays_within_130_calls(self):
        world = self.synced()
        total = collections.Counter()
        for _ in range(24):
            world.advance(HOUR)
            calls, summary = self.calls(world)
            self.assertEqual(sum(calls.values()), summary["calls"] -
                             summary["uncountedCalls"])
            total += calls
        for path in ALWAYS:
            self.assertEqual(total[path], 24, path)
        for path in REFERENCE:
            self.assertIn(total[path], (4, 5, 6, 7, 8), path)
        print("\n24 hourly runs: %d calls" % sum(total.values()))
        self.assertLessEqual(sum(total.values()), 130)


if __name__ == "__main__":
    main()
