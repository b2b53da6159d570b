"""What is open of invoices and bills: when the lists are read, and what a
list that fails, lies or may not be read does to the records."""
import json
import os
import unittest

from harness import EXIT, WorldTest, main

DIVISION = 100002
LISTS = {"bulk/Cashflow/Receivables", "read/financial/PayablesList"}


class Open(WorldTest):
    def synced(self):
        world = self.world(sandbox_options=("--size", "small"))
        world.init()
        world.company("books", division=DIVISION)
        world.sync("books")
        return world

    def asked(self, world, since):
        return {path for request in world.requests(since) for path in LISTS
                if path + "?" in request["path"]}

    def states(self, world):
        return {record["id"]: (record["status"], record.get("amountDue"))
                for record in world.export("books", "invoices")}

    def due(self, world):
        return sorted(world.database("books").execute(
            "SELECT currency, sum(amount_due_e4) FROM invoices GROUP BY 1"))

    def test_they_are_read_when_the_ledger_changed_and_once_a_day(self):
        world = self.synced()
        since = len(world.requests())
        world.sync("books")
        self.assertEqual(self.asked(world, since), set())
        world.control("change", division=DIVISION, entity="TransactionLines",
                      count=1)
        since = len(world.requests())
        world.sync("books")
        self.assertEqual(self.asked(world, since), LISTS)
        since = len(world.requests())
        world.sync("books")
        self.assertEqual(self.asked(world, since), set())
        world.advance(25 * 3600 * 1000)
        since = len(world.requests())
        world.sync("books")
        self.assertEqual(self.asked(world, since), LISTS)
        since = len(world.requests())
        world.sync("books", "--full")
        self.assertEqual(self.asked(world, since), LISTS)

    def doubted(self, world):
        return world.database("books").execute(
            "SELECT count(*) FROM findings WHERE check_id = "
            "'open-items-disagree'").fetchone()[0] > 0

    def test_one_in_doubt_is_read_when_something_moved_and_once_a_day(self):
        world = self.synced()
        world.control("fault", name="late-row", count=1,
                      path="Cashflow/Receivables")
        world.control("change", division=DIVISION, entity="TransactionLines",
                      count=1)
        world.sync("books")
        self.assertTrue(self.doubted(world))
        # Nothing moved that could settle it.
        for _ in range(3):
            world.advance(3600 * 1000)
            since = len(world.requests())
            world.sync("books")
            self.assertEqual(self.asked(world, since), set())
        self.assertTrue(self.doubted(world))
        # The accounts decide which lines it is compared with.
        world.control("fault", name="late-row", count=1,
                      path="Cashflow/Receivables")
        world.control("change", division=DIVISION, entity="GLAccounts",
                      count=1)
        since = len(world.requests())
        world.sync("books", "--fresh")
        self.assertEqual(self.asked(world, since),
                         {"bulk/Cashflow/Receivables"})
        self.assertTrue(self.doubted(world))
        world.advance(25 * 3600 * 1000)
        since = len(world.requests())
        world.sync("books")
        self.assertEqual(self.asked(world, since), LISTS)
        self.assertFalse(self.doubted(world))

    def test_one_that_failed_is_read_by_the_next_run_though_nothing_came(self):
        world = self.synced()
        world.control("change", division=DIVISION, entity="TransactionLines",
                      count=1)
        world.control("fault", name="status-503", count=-1,
                      path="Cashflow/Receivables")
        summary = world.sync("books", expect=EXIT["failed"])
        self.assertEqual([stream["stream"] for stream in summary["streams"]
                          if stream["state"] != "done"], ["Receivables"])
        world.control("fault", name="status-503", count=0,
                      path="Cashflow/Receivables")
        since = len(world.requests())
        world.sync("books")
        self.assertEqual(self.asked(world, since),
                         {"bulk/Cashflow/Receivables"})

    def test_an_empty_answer_pays_no_invoice_and_names_the_scope(self):
        world = self.synced()
        before, due = self.states(world), self.due(world)
        self.assertIn("PartiallyPaid", {state for state, _ in before.values()})
        world.control("rights", user="jan", scope="financial.receivables",
                      take=1, empty=1)
        world.control("change", division=DIVISION, entity="TransactionLines",
                      count=200)
        summary = world.sync("books", expect=EXIT["failed"])
        problem = [stream["problem"] for stream in summary["streams"]
                   if stream["stream"] == "Receivables"][0]
        self.assertIn("financial.receivables", problem)
        self.assertIn("financial.receivables",
                      world.run("status", "books").out)
        self.assertEqual(self.states(world), before)
        self.assertEqual(self.due(world), due)
        complete = {row["dataType"]: row["complete"]
                    for row in summary["dataTypes"]}
        self.assertFalse(complete["invoices"])
        self.assertTrue(complete["bills"])
        unread = world.database("books").execute(
            "SELECT count(*) FROM findings WHERE check_id = "
            "'open-items-unread'").fetchone()[0]
        self.assertGreater(unread, 0)
        world.control("rights", user="jan", scope="financial.receivables",
                      take=0)
        world.sync("books")
        self.assertEqual(self.states(world), before)
        self.assertEqual(world.database("books").execute(
            "SELECT count(*) FROM findings WHERE error").fetchone()[0], 0)

    def test_a_link_to_another_division_brings_no_row_and_spends_no_call(self):
        # Rows of PayablesList carry no Division, so only the link tells.
        world = self.world(sandbox_options=("--size", "small",
                                            "--page-size", "5"))
        world.init()
        world.company("books", division=DIVISION)
        since = len(world.requests())
        world.control("fault", name="next-division", count=-1,
                      path="%d/read/financial/PayablesList" % DIVISION)
        summary = world.sync("books", expect=EXIT["failed"])
        problems = {stream["stream"]: stream["problem"]
                    for stream in summary["streams"]
                    if stream["state"] == "failed"}
        self.assertEqual(list(problems), ["PayablesList"])
        self.assertIn("leads away from division %d" % DIVISION,
                      problems["PayablesList"])
        divisions = {request["division"] for request in world.requests(since)
                     if request["division"]}
        self.assertEqual(divisions, {DIVISION})
        world.control("fault", name="next-division", count=0,
                      path="%d/read/financial/PayablesList" % DIVISION)
        world.sync("books")
        good = self.synced()
        self.assertEqual(world.live("books"), good.live("books"))

    def test_a_scope_that_is_not_declared_is_not_asked_for(self):
        world = self.world(sandbox_options=("--size", "small"))
        world.init()
        world.company("books", division=DIVISION)
        path = os.path.join(world.state, "exact-connector.conf")
        with open(path) as file:
            text = file.read()
        head, tail = text.split("\t\t# scopes = [", 1)
        with open(path, "w") as file:
            file.write(head + '\t\tscopes = "financial.accounting, '
                       'financial.generalledgers, crm.accounts, '
                       'organization.administration, sales.invoices, '
                       'financial.payables";\n' + tail.split("\n", 1)[1])
        since = len(world.requests())
        summary = world.sync("books")
        self.assertEqual(self.asked(world, since),
                         {"read/financial/PayablesList"})
        said = {row["dataType"]: row for row in summary["dataTypes"]}
        self.assertFalse(said["invoices"]["complete"])
        self.assertEqual(said["invoices"]["notDeclared"],
                         "financial.receivables")
        self.assertEqual(said["items"]["notDeclared"], "logistics.items")
        self.assertTrue(said["bills"]["complete"])
        self.assertEqual({state for state, _ in self.states(world).values()},
                         {"Unknown", "Draft", "Void"})
        text = world.run("sync", "books").out
        self.assertIn("not complete: scope logistics.items is not declared",
                      text)


if __name__ == "__main__":
    main()
