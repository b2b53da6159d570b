"""`plan` against what then happened: calls of each stream and the time, with
the sandbox's own log as the witness."""
import json
import os
import unittest

from harness import EXIT, OWN_LEDGER, WorldTest, main


class Plan(WorldTest):
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
        self.assertLessEqual(took, plan["minutes"]["high"])
        # From the first answer to the last: one call less than it took.
        self.assertGreaterEqual(took + 0.01, plan["minutes"]["low"])
        if os.environ.get("SHOW_TABLES"):
            print("\n%s: planned %s calls in %s min; %d calls, %.2f min" % (
                "+".join({row["basis"] for row in plan["streams"]}),
                plan["calls"], plan["minutes"], len(spent), took))
        return summary

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
            "cashflow/Receivables", "financial/GLAccounts",
            "financial/Journals", "financialtransaction/TransactionLines",
            "read/financial/PayablesList"])
        self.assertEqual(plan["callsSpent"], 5)
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

    def test_on_our_own_ledger_it_holds(self):
        self.through(self.linked())

    def test_on_small_books_it_holds(self):
        self.division = 100002
        world = self.linked(options=("--latency", "200", "--size", "small"))
        lines = self.through(world)
        self.assertGreaterEqual(lines["rows"]["low"], 900)

    def test_on_medium_books_it_holds(self):
        self.division = 100002
        world = self.linked(options=("--latency", "200", "--size", "medium"))
        lines = self.through(world)
        self.assertGreaterEqual(lines["calls"]["low"], 45)

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
