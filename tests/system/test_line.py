"""The line, end to end: a ledger in, signed in, fetched, stored, exported,
to the cent; then again, with nothing new, with changes, with deletions."""
import json
import os
import subprocess
import unittest

from harness import (OWN_LEDGER, SANDBOX, World, WorldTest, cents,
                     ledger_balances, ledger_lines, main, real_ledgers)

STREAMS = ("GLAccounts", "Journals", "VATCodes", "Costcenters", "Costunits",
           "Items", "Accounts", "SalesInvoices", "TransactionLines", "Deleted", "Receivables",
           "PayablesList")


def by_name(items, key):
    return {item[key]: item for item in items}


class TheLine(WorldTest):
    def test_the_projects_own_ledger_arrives_to_the_cent(self):
        world = self.world()
        world.init()
        world.company("alpha", division=100001)
        summary = world.sync("alpha")
        self.assertEqual(summary["state"], "done")
        self.assertEqual(summary["refused"], 0)
        expected, lines = ledger_balances(OWN_LEDGER)
        self.assertEqual(world.balances("alpha"), expected)
        rows = by_name(summary["streams"], "stream")["TransactionLines"]["rows"]
        self.assertEqual(rows, lines)
        database = world.database("alpha")
        self.assertEqual(database.execute(
            "SELECT count(*) FROM journal_entry_lines").fetchone()[0], lines)
        total = database.execute("SELECT sum(net_amount) FROM "
                                 "journal_entry_lines WHERE net_amount > 0"
                                 ).fetchone()[0]
        self.assertEqual(round(total * 100), sum(
            value for _, value in ledger_lines(OWN_LEDGER) if value > 0))

    def test_two_real_ledgers_are_two_companies_on_one_login(self):
        paths = real_ledgers()
        world = self.world(ledgers=paths)
        world.init()
        world.company("one", division=100001)
        login = world.logins()[0]["id"]
        world.run("company", "add", "two", "--name", "Two", "--region", "nl",
                  "--division", "100002", "--login", login)
        for company, path in zip(("one", "two"), paths):
            summary = world.sync(company)
            self.assertEqual(summary["refused"], 0)
            expected, lines = ledger_balances(path)
            self.assertEqual(world.balances(company), expected)
            entries = world.export(company, "journalEntries")
            self.assertEqual(sum(len(entry["journalLines"])
                                 for entry in entries), lines)
        self.assertEqual(len(world.logins()), 1)
        self.assertFalse([request for request in world.requests()
                          if request["status"] == 429])

    def test_a_second_sync_changes_nothing_and_costs_one_call_a_stream(self):
        world = self.world()
        world.init()
        world.company("alpha", division=100001)
        world.sync("alpha")
        before = world.live("alpha")
        since = len(world.requests())
        summary = world.sync("alpha")
        for stream in summary["streams"]:
            self.assertEqual((stream["changed"], stream["deleted"]), (0, 0),
                             stream)
        for data_type in summary["dataTypes"]:
            self.assertEqual((data_type["new"], data_type["updated"],
                              data_type["deleted"]), (0, 0, 0), data_type)
        self.assertEqual(world.live("alpha"), before)
        calls = [request["path"].split("?")[0].split("/", 4)[-1]
                 for request in world.requests(since)
                 if request["division"]]
        print("\ncalls of a second sync:", calls)
        self.assertEqual(len(calls), len(set(calls)))
        self.assertLessEqual(len(calls), len(STREAMS) + 1)
        self.assertEqual(summary["calls"] - summary["uncountedCalls"],
                         len(calls))

    def test_changes_and_deletions_arrive_and_nothing_else(self):
        world = self.world()
        world.init()
        world.company("alpha", division=100001)
        world.sync("alpha")
        before = by_name(world.export("alpha", "journalEntries"), "id")
        lines = {row[0]: row[1] for row in world.database("alpha").execute(
            "SELECT _id, _group FROM _feed_TransactionLines")}
        changed = json.loads(world.control(
            "change", division=100001, entity="TransactionLines",
            count=25))["ids"]
        deleted = json.loads(world.control(
            "delete", division=100001, entity="TransactionLines",
            count=10))["ids"]
        changed = changed.split(",") if isinstance(changed, str) else changed
        deleted = deleted.split(",") if isinstance(deleted, str) else deleted
        self.assertEqual(len(changed), 25)
        self.assertGreaterEqual(len(deleted), 10)
        gone = {lines[line] for line in deleted}
        touched = {lines[line] for line in changed} - gone
        summary = world.sync("alpha")
        entries = by_name(summary["dataTypes"], "dataType")["journalEntries"]
        self.assertEqual(entries["deleted"], len(gone))
        self.assertEqual(entries["updated"], len(touched))
        self.assertEqual(entries["new"], 0)
        streams = by_name(summary["streams"], "stream")
        self.assertEqual(streams["TransactionLines"]["changed"],
                         len(set(changed) - set(deleted)))
        after = by_name(world.export("alpha", "journalEntries"), "id")
        self.assertEqual(set(before) - set(after), gone)
        differing = {entry for entry in after
                     if after[entry] != before.get(entry)}
        self.assertEqual(differing, touched)
        dead = [row for row in world.export("alpha", "journalEntries",
                                            "--include-deleted")
                if row["metadata"]["isDeleted"]]
        self.assertEqual({row["id"] for row in dead}, gone)

    def test_a_moved_division_is_read_again_and_nothing_changes(self):
        world = self.world()
        world.init()
        world.company("alpha", division=100001)
        world.sync("alpha")
        before = world.live("alpha")
        world.control("move", division=100001)
        summary = world.sync("alpha")
        self.assertEqual(summary["state"], "done")
        rows = by_name(summary["streams"], "stream")["TransactionLines"]["rows"]
        self.assertEqual(rows, ledger_balances(OWN_LEDGER)[1])
        self.assertEqual(world.live("alpha"), before)


class TheRegions(WorldTest):
    def test_nl_and_uk_have_their_own_credentials_and_logins(self):
        world = self.world(ledgers=[OWN_LEDGER, OWN_LEDGER])
        world.init()
        world.company("dutch", division=100001, region="nl")
        world.company("british", division=100002, region="uk")
        for company in ("dutch", "british"):
            self.assertEqual(world.sync(company)["state"], "done")
        regions = sorted(login["region"] for login in world.logins())
        self.assertEqual(regions, ["nl", "uk"])


if __name__ == "__main__":
    main()
