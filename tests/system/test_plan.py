"""`plan` against what then happened: calls of each stream and the time, with
the sandbox's own log as the witness.

PLAN_SIZE=large for books of a million lines beside the others, SHOW_TABLES=1
to have each plan printed beside what it came to (`make plan` does both)."""
import json
import os
import unittest

from harness import EXIT, World, WorldTest, main


class Planned(WorldTest):
    def linked(self, ledgers=None, options=("--latency", "200")):
        world = self.world(ledgers=ledgers, sandbox_options=options)
        world.init()
        world.company("acme", division=getattr(self, "division", 100001))
        return world

    def plan(self, world, *args, expect="done"):
        process = world.run("plan", "acme", "--json", *args,
                            expect=EXIT[expect])
        return json.loads(process.out)

    def within(self, number, span, what):
        self.assertLessEqual(span["low"], number, what)
        self.assertLessEqual(number, span["high"], what)

    def held(self, world, plan, *args):
        """Sync, and hold the plan against it."""
        since = len(world.requests())
        summary = world.sync("acme", *args)
        spent = [request for request in world.requests(since)
                 if request["division"] and
                 "current/Me" not in request["path"]]
        self.within(len(spent), plan["calls"], "calls")
        self.assertNotIn(429, [request["status"] for request in spent])
        planned = {row["stream"]: row for row in plan["streams"]}
        self.assertEqual(set(planned),
                         {row["stream"] for row in summary["streams"]})
        for stream in summary["streams"]:
            row = planned[stream["stream"]]
            self.within(stream["calls"], row["calls"], stream["stream"])
            self.within(stream["rows"], row["rows"], stream["stream"])
            path = "/" + row["path"] + "?"
            self.assertEqual(stream["calls"], sum(
                path in request["path"] for request in spent), path)
        took = (spent[-1]["t"] - spent[0]["t"]) / 60000
        if os.environ.get("SHOW_TABLES"):
            self.show(plan, summary, len(spent), took)
        self.assertLessEqual(took, plan["minutes"]["high"])
        # From the first answer to the last: one call less than it took.
        self.assertGreaterEqual(took + 0.01, plan["minutes"]["low"])
        return summary

    def show(self, plan, summary, calls, took):
        def span(values):
            return "%s to %s" % (values["low"], values["high"])

        came = {row["stream"]: row for row in summary["streams"]}
        print("\n%-18s%-16s%7s  %-22s%9s  %s" % (
            "stream", "planned calls", "came", "planned rows", "came",
            "basis"))
        for row in plan["streams"]:
            print("%-18s%-16s%7d  %-22s%9d  %s" % (
                row["stream"], span(row["calls"]),
                came[row["stream"]]["calls"], span(row["rows"]),
                came[row["stream"]]["rows"], row["basis"]))
        print("%-18s%-16s%7d" % ("calls", span(plan["calls"]), calls))
        print("%-18s%-16s%7.2f" % ("minutes", span(plan["minutes"]), took),
              flush=True)

    def through(self, world):
        """First run, uncounted and counted; a second run; --full."""
        since = len(world.requests())
        plan = self.plan(world)
        self.assertEqual(world.requests(since), [], "a plan asked Exact")
        basis = {row["stream"]: row["basis"] for row in plan["streams"]}
        self.assertEqual(basis["TransactionLines"], "estimated")
        self.assertEqual(basis["Divisions"], "fixed")
        wide = plan
        plan = self.plan(world, "--count")
        asked = [request["path"].split("?")[0].split("/", 4)[-1]
                 for request in world.requests(since)
                 if "/api/v1/1" in request["path"]]
        self.assertEqual(sorted(asked), [
            "cashflow/Receivables", "crm/Accounts", "financial/GLAccounts",
            "financial/Journals", "financialtransaction/TransactionLines",
            "logistics/Items", "read/financial/PayablesList",
            "salesinvoice/SalesInvoiceLines"])
        self.assertEqual(plan["callsSpent"], 8)
        for row in plan["streams"]:
            if row["basis"] == "counted" and row["stream"] != "SalesInvoices":
                self.assertEqual(row["rows"]["high"], row["rows"]["low"])
        lines = [row for row in plan["streams"]
                 if row["stream"] == "TransactionLines"][0]
        self.assertEqual(lines["basis"], "counted")
        self.assertEqual(lines["calls"]["high"], lines["calls"]["low"] + 1)
        summary = self.held(world, plan)
        for stream in summary["streams"]:
            row = [row for row in wide["streams"]
                   if row["stream"] == stream["stream"]][0]
            self.within(stream["calls"], row["calls"], "uncounted")
        plan = self.plan(world)
        self.assertTrue({row["basis"] for row in plan["streams"]} <=
                        {"fixed", "known"})
        self.held(world, plan)
        plan = self.plan(world, "--full")
        self.assertTrue({row["basis"] for row in plan["streams"]} <=
                        {"fixed", "known"})
        self.held(world, plan, "--full")
        return lines

    def grown(self, world):
        """Entries that came since: planned, counted and not."""
        for count in (False, True):
            world.control("insert", division=self.division, count=3)
            plan = self.plan(world, *["--count"] * count)
            open_items = [row for row in plan["streams"] if row["stream"] in
                          ("Receivables", "PayablesList")]
            # Once it is known that the ledger grew, they are read.
            self.assertEqual([row["calls"]["low"] > 0 for row in open_items],
                             [count, count])
            self.held(world, plan)


class Sizes(Planned):
    def books(self, size):
        self.division = 100002
        world = self.linked(options=("--latency", "200", "--size", size))
        lines = self.through(world)
        self.grown(world)
        return world, lines

    def test_on_our_own_ledger_it_holds(self):
        self.through(self.linked())

    def test_on_small_books_it_holds(self):
        _, lines = self.books("small")
        self.assertGreaterEqual(lines["rows"]["low"], 900)

    def test_on_medium_books_it_holds(self):
        _, lines = self.books("medium")
        self.assertGreaterEqual(lines["calls"]["low"], 45)

    @unittest.skipUnless(os.environ.get("PLAN_SIZE") == "large",
                         "PLAN_SIZE=large, or make plan")
    def test_on_large_books_it_holds(self):
        World.timeout = 1800
        world, lines = self.books("large")
        self.assertGreaterEqual(lines["calls"]["low"], 1000)
        os.remove(world.secrets)  # no search of a gigabyte for leaks


class Plan(Planned):
    def skipping(self, plan):
        """{list of open items: its least calls}."""
        return {row["stream"]: row["calls"]["low"] for row in plan["streams"]
                if row["stream"] in ("Receivables", "PayablesList")}

    def test_open_items_are_planned_as_they_are_read(self):
        self.division = 100002
        world = self.linked(options=("--size", "small"))
        self.assertEqual(set(self.skipping(self.plan(world)).values()), {1})
        world.sync("acme")
        self.assertEqual(set(self.skipping(self.plan(world)).values()), {0})
        self.assertEqual(world.run("plan", "acme").out.count(
            "; 0 if the ledger is unchanged"), 2)
        self.assertEqual(set(self.skipping(self.plan(
            world, "--full")).values()), {1})
        self.assertNotIn("unchanged",
                         world.run("plan", "acme", "--full").out)
        # Once a day they are read in any case.
        world.advance(25 * 3600 * 1000)
        plan = self.plan(world)
        self.assertEqual(set(self.skipping(plan).values()), {1})
        self.held(world, plan)

    def test_a_list_of_a_scope_that_is_not_declared_is_no_part_of_it(self):
        self.division = 100002
        world = self.linked(options=("--size", "small"))
        path = os.path.join(world.state, "exact-connector.conf")
        head, tail = open(path).read().split("\t\t# scopes = [", 1)
        with open(path, "w") as file:
            file.write(head + '\t\tscopes = "financial.accounting, '
                       'financial.generalledgers, financial.receivables, '
                       'organization.administration, crm.accounts, '
                       'sales.invoices, logistics.items, '
                       'financial.costcenters";\n' +
                       tail.split("\n", 1)[1])
        for args in ((), ("--count",), ("--full",)):
            plan = self.plan(world, *args)
            self.assertEqual(self.skipping(plan), {"Receivables": 1})
            without = {row["dataType"]: row.get("notDeclared")
                       for row in plan["dataTypes"]}
            self.assertEqual({name for name in without if without[name]},
                             {"bills", "billCreditNotes"})
            self.assertEqual(without["bills"], "financial.payables")
            self.held(world, plan, *[arg for arg in args if arg == "--full"])
            world.advance(25 * 3600 * 1000)
        lines = [line for line in world.run("plan", "acme").out.splitlines()
                 if line.endswith("; not complete: scope financial.payables "
                                  "is not declared")]
        self.assertEqual([line.split()[0] for line in lines],
                         ["bills", "billCreditNotes"])

    def test_a_used_up_day_ends_on_a_later_one(self):
        world = self.linked(options=("--limits", "minute=60,day=5000"))
        path = os.path.join(world.state, "exact-connector.conf")
        text = open(path).read()
        with open(path, "w") as file:
            file.write(text.replace("day = 5000", "day = 3"))
        self.assertIn("day = 3", open(path).read())
        plan = self.plan(world)
        # Four streams and the division: five calls at least, three a day.
        self.assertGreaterEqual(plan["daysWaited"]["low"], 1)
        days = -(-(plan["calls"]["low"] - plan["dayLeft"]) // 3)
        self.assertEqual(plan["daysWaited"]["low"], days)
        self.assertEqual(plan["ends"]["low"][:10],
                         "2025-11-%d" % (21 + days))
        self.assertIn("parked", world.run("plan", "acme").out)
        # Counting needs its calls, too.
        world.sync("acme", expect=EXIT["parked"])
        self.plan(world, "--count", expect="parked")

    def test_data_types_are_asked_for_by_name(self):
        world = self.linked()
        plan = self.plan(world, "--data-types", "chartOfAccounts")
        self.assertEqual([row["dataType"] for row in plan["dataTypes"]],
                         ["chartOfAccounts"])
        self.assertNotIn("TransactionLines",
                         [row["stream"] for row in plan["streams"]])
        self.assertEqual(plan["dataTypes"][0]["calls"], plan["calls"])
        self.held(world, plan, "--data-types", "chartOfAccounts")
        self.assertIn("there is no data type", world.run(
            "plan", "acme", "--data-types", "x", expect=EXIT["usage"]).err)

    def test_what_cannot_be_counted_is_said_and_planned_without(self):
        world = self.linked()
        world.control("rights", user="jan", scope="financial.accounting",
                      take=1)
        plan = self.plan(world, "--count")
        lines = [row for row in plan["streams"]
                 if row["stream"] == "TransactionLines"][0]
        self.assertEqual(lines["basis"], "estimated")
        self.assertIn("financialtransaction/TransactionLines",
                      lines["problem"])
        self.assertIn("not counted: ", world.run("plan", "acme",
                                                 "--count").out)

    def test_without_a_sign_in_or_a_company_there_is_no_plan(self):
        world = self.world()
        world.init()
        world.company("acme", login=False)
        self.assertIn("sign", world.run("plan", "acme",
                                        expect=EXIT["sign_in"]).err)
        world.run("plan", "nobody", expect=EXIT["usage"])


if __name__ == "__main__":
    main()
