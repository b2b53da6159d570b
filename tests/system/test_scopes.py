"""`scopes list` and `scopes check`: six companies in six different states of
rights, six different and true tables. What is true is what the test itself
set in the sandbox."""
import json
import os
import unittest

from harness import EXIT, WorldTest, main

# The list of the setup guide, typed from it.
RECOMMENDED = {
    "crm.accounts": "manage", "sales.orders": "manage",
    "sales.invoices": "manage", "purchase.orders": "manage",
    "purchase.invoices": "manage", "logistics.items": "manage",
    "financial.generalledgers": "read", "financial.accounting": "read",
    "financial.receivables": "read", "financial.payables": "read",
    "financial.costcenters": "read", "organization.administration": "read",
    "organization.documents": "manage"}
BANK_FEEDS = {"financial.generalledgers", "financial.accounting"}
# What data types hang on; generated books have rows in each list.
NEEDED = {"financial.generalledgers", "financial.accounting",
          "organization.administration", "crm.accounts", "sales.invoices",
          "logistics.items", "financial.receivables", "financial.payables"}
FILLED = NEEDED
# That of the generated books, behind our own ledger's.
DIVISION = 100002


class Scopes(WorldTest):
    def linked(self, **named):
        world = self.world(sandbox_options=("--size", "small"), **named)
        world.init()
        world.control("scopes", app="nl", list=",".join(RECOMMENDED))
        world.company("acme", division=DIVISION)
        return world

    def declare(self, world, text):
        path = os.path.join(world.state, "exact-connector.conf")
        config = open(path).read()
        self.assertIn("\t\t# scopes = [", config)
        head, tail = config.split("\t\t# scopes = [", 1)
        with open(path, "w") as file:
            file.write(head + "\t\tscopes = " + text + ";\n" +
                       tail.split("\n", 1)[1])
        return config

    def table(self, world, expect, company="acme"):
        """({scope: row}, the document), after the printed table was held
        against it."""
        since = len(world.requests())
        process = world.run("scopes", "check", company, "--json",
                            expect=EXIT[expect])
        whole = json.loads(process.out)
        asked = [request["path"].split("?")[0]
                 for request in world.requests(since)
                 if request["path"].startswith("/api/v1/")]
        self.assertEqual(len(asked), len(set(asked)), "asked twice")
        self.assertEqual(len(asked), whole["calls"])
        self.assertEqual(whole["errors"], sum(
            request["status"] in (400, 401, 403, 404)
            for request in world.requests(since)))
        rows = {row["scope"]: row for row in whole["scopes"]}
        printed = world.run("scopes", "check", company, expect=EXIT[expect])
        words = {"seen": "yes", "no-scope": "no: scope",
                 "no-rights": "no: rights", "doubtful": "doubtful",
                 "not-probed": "not probed"}
        lines = {line.split()[0]: line for line in printed.out.splitlines()
                 if line.split() and line.split()[0] in rows}
        self.assertEqual(set(lines), set(rows))
        at = printed.out.splitlines()[0].index("seen")
        for scope, row in rows.items():
            self.assertEqual(lines[scope][at:at + 11].strip(), words[row["seen"]])
        for line in printed.out.splitlines():
            self.assertEqual(line, line.rstrip())
        if os.environ.get("SHOW_TABLES"):
            print("\n$ exact-connector scopes check %s\n%s%s[exit %d]" % (
                company, printed.out, printed.err, printed.returncode))
        for scope, level in RECOMMENDED.items():
            self.assertEqual(rows[scope]["recommended"], level)
            self.assertEqual(rows[scope]["bankFeeds"],
                             "manage" if scope in BANK_FEEDS else level)
        self.assertEqual({scope for scope in rows if rows[scope]["dataTypes"]
                          and scope in NEEDED}, NEEDED)
        return rows, whole, printed

    def seen(self, rows, changed):
        """What each scope must be seen as: the filled ones, the empty ones,
        and those that the test changed."""
        expected = {scope: "seen" if scope in FILLED else "doubtful"
                    for scope in RECOMMENDED}
        for scope in list(expected):
            # Lists that the sandbox's books fill by now, beyond our own.
            if scope not in changed and rows[scope]["seen"] == "seen":
                expected[scope] = "seen"
        expected.update(changed)
        self.assertEqual({scope: row["seen"] for scope, row in rows.items()},
                         expected)

    def test_1_with_the_recommended_list_nothing_is_missing(self):
        world = self.linked()
        rows, whole, printed = self.table(world, "done")
        self.seen(rows, {})
        for scope in FILLED:
            self.assertEqual(rows[scope]["seen"], "seen")
        self.assertEqual(whole["missing"], [])
        self.assertNotIn("declared", rows["crm.accounts"])
        self.assertEqual(printed.err, "")

    def test_2_without_receivables_the_app_is_told_to_be_registered_anew(self):
        world = self.linked()
        names = [scope for scope in RECOMMENDED
                 if scope != "financial.receivables"]
        world.control("scopes", app="nl", list=",".join(names))
        rows, whole, printed = self.table(world, "failed")
        self.seen(rows, {"financial.receivables": "no-scope"})
        self.assertEqual(whole["missing"], ["financial.receivables"])
        self.assertIn("financial.receivables", printed.err)
        for word in ("App Center", "Manage my apps",
                     "Data & Security review", "consent again"):
            self.assertIn(word, " ".join(printed.out.split()))
        self.assertEqual(rows["financial.receivables"]["dataTypes"],
                         ["invoices", "creditNotes"])
        # Whoever says that the app does without, gets no failure from it.
        self.declare(world, "\"%s\"" % ", ".join(
            "%s=%s" % (scope, RECOMMENDED[scope]) for scope in names))
        rows, whole, printed = self.table(world, "done")
        self.assertEqual(rows["financial.receivables"]["declared"], "none")
        text = " ".join(printed.out.split())
        self.assertIn("Needed but not declared: financial.receivables; 'sync' "
                      "does not read", text)
        self.assertIn("beyond what is declared: financial.receivables=read.",
                      text)
        self.assertEqual({row["dataType"] for row in
                          world.sync("acme")["dataTypes"]
                          if not row["complete"]}, {"invoices", "creditNotes"})

    def test_3_a_missing_role_is_told_from_a_missing_scope(self):
        world = self.linked()
        world.control("rights", user="jan", scope="financial.accounting",
                      take=1)
        rows, whole, printed = self.table(world, "failed")
        self.seen(rows, {"financial.accounting": "no-rights"})
        self.assertEqual(whole["missing"], ["financial.accounting"])
        self.assertNotIn("App Center", printed.out)
        self.assertIn("role", printed.out)

    def test_4_a_missing_module_costs_what_hangs_on_it(self):
        world = self.linked()
        modules = ["sales.orders", "purchase.orders", "logistics.items"]
        world.control("rights", division=DIVISION, scope=",".join(modules),
                      take=1)
        rows, whole, printed = self.table(
            world, "done" if not self.hang(world, modules) else "failed")
        self.seen(rows, {scope: "no-rights" for scope in modules})
        self.assertEqual(whole["missing"],
                         sorted(self.hang(world, modules)))
        self.assertIn("modules", printed.out)

    def hang(self, world, scopes):
        rows = json.loads(
            world.run("scopes", "list", "--json").out)["scopes"]
        return [row["scope"] for row in rows
                if row["scope"] in scopes and row["dataTypes"]]

    def test_5_an_excluded_division_is_said_once(self):
        world = self.linked()
        world.control("consent", user="jan", divisions="100001")
        world.company("other", division=100001)
        rows, whole, printed = self.table(world, "failed")
        self.assertEqual({row["seen"] for row in rows.values()},
                         {"not-probed"})
        self.assertEqual(whole["calls"], 1)
        self.assertEqual(set(whole["missing"]), NEEDED | {
            row["scope"] for row in rows.values() if row["dataTypes"]})
        self.assertEqual((printed.out + printed.err).count("consent"), 2)
        self.assertIn("include the division in the consent", printed.err)
        # Our own ledger: what it has no rows of may well be empty.
        rows, whole, printed = self.table(world, "done", company="other")
        self.assertEqual(rows["logistics.items"]["seen"], "doubtful")
        self.assertEqual(rows["financial.accounting"]["seen"], "seen")
        self.assertEqual(whole["missing"], [])

    def test_6_an_empty_200_is_doubtful_until_rows_are_known(self):
        world = self.linked()
        world.control("rights", user="jan", scope="financial.accounting",
                      take=1, empty=1)
        rows, whole, printed = self.table(world, "failed")
        self.seen(rows, {"financial.accounting": "doubtful"})
        self.assertIn("financial.accounting", whole["doubtful"])
        self.assertEqual(whole["missing"], ["financial.accounting"])
        # With rows in the company's file, nothing is no answer.
        world.control("rights", user="jan", scope="financial.accounting",
                      take=0)
        world.sync("acme")
        world.control("rights", user="jan", scope="financial.accounting",
                      take=1)
        rows, whole, printed = self.table(world, "failed")
        self.seen(rows, {"financial.accounting": "no-rights"})
        self.assertIn("rows are known",
                      rows["financial.accounting"]["problem"])

    def test_errors_end_at_eight_and_the_list_is_never_blocked(self):
        world = self.linked()
        world.control("scopes", app="nl", list="hrm.payroll")
        for _ in range(3):
            process = world.run("scopes", "check", "acme", "--json",
                                expect=EXIT["failed"])
            whole = json.loads(process.out)
            self.assertEqual(whole["errors"], 8)
            self.assertTrue(whole["stopped"])
        text = world.run("scopes", "check", "acme",
                         expect=EXIT["failed"]).out
        self.assertIn("not asked after 8 errors", " ".join(text.split()))
        self.assertNotIn(429, [request["status"]
                               for request in world.requests()])

    def test_a_list_that_is_out_is_not_probed_and_the_others_are(self):
        world = self.linked()
        world.control("fault", name="status-503", path="logistics/Items",
                      count=-1)
        whole = json.loads(world.run("scopes", "check", "acme", "--json",
                                     expect=EXIT["failed"]).out)
        rows = {row["scope"]: row for row in whole["scopes"]}
        self.seen(rows, {"logistics.items": "not-probed"})
        self.assertEqual(whole["missing"], ["logistics.items"])
        self.assertIn("503", rows["logistics.items"]["problem"])
        # An outage of all is not asked thirteen times over.
        world.control("fault", name="status-503", path="/api/v1/",
                      count=-1)
        whole = json.loads(world.run("scopes", "check", "acme", "--json",
                                     expect=EXIT["failed"]).out)
        self.assertEqual({row["seen"] for row in whole["scopes"]},
                         {"not-probed"})
        self.assertEqual(sum("503" in row["problem"]
                             for row in whole["scopes"]), 2)
        self.assertEqual(whole["grade"], "later")

    def test_sync_and_status_use_the_same_words(self):
        world = self.linked()
        names = [scope for scope in RECOMMENDED
                 if scope != "financial.accounting"]
        world.control("scopes", app="nl", list=",".join(names))
        rows, _, _ = self.table(world, "failed")
        words = rows["financial.accounting"]["problem"]
        self.assertIn("financial.accounting", words)
        summary = world.sync("acme", expect=EXIT["failed"])
        problems = [stream.get("problem", "")
                    for stream in summary["streams"]]
        self.assertTrue(any(words in problem for problem in problems))
        self.assertIn(words, world.run("status", "acme").out)

    def test_a_declared_list_is_compared_and_a_wrong_name_refused(self):
        world = self.linked()
        good = self.declare(
            world, '[ "financial.accounting", "financial.generalledgers",\n'
            '\t\t\t"organization.administration", "hrm.payroll=manage" ]')
        rows, whole, printed = self.table(world, "done")
        self.assertEqual(rows["hrm.payroll"]["seen"], "not-probed")
        self.assertEqual(rows["hrm.payroll"]["declared"], "manage")
        self.assertEqual(rows["financial.accounting"]["declared"], "read")
        self.assertEqual(rows["crm.accounts"]["declared"], "none")
        self.assertEqual(whole["missing"], [])
        self.assertIn("Seen but not declared: crm.accounts", printed.out)
        path = os.path.join(world.state, "exact-connector.conf")
        line = open(path).read().split("scopes = ")[0].count("\n") + 1
        text = open(path).read()
        for bad, words in (
                (text.replace("financial.accounting", "financial.acounting"),
                 [":%d:" % line, "'financial.accounting'", "scopes list"]),
                (text.replace("hrm.payroll=manage", "hrm.payroll=all"),
                 ["'all'", "none, read and manage"]),
                (good.replace("# scopes = [", "scopes = 7; # [", 1),
                 ["'regions.nl.scopes'", "scopes with levels"])):
            with open(path, "w") as file:
                file.write(bad)
            process = world.run("scopes", "check", "acme",
                                expect=EXIT["config"])
            for word in words:
                self.assertIn(word, process.err)
        with open(path, "w") as file:
            file.write(good)

    def test_the_list_names_everything_and_needs_no_company(self):
        world = self.world()
        rows = json.loads(
            world.run("scopes", "list", "--json").out)["scopes"]
        self.assertEqual(len(rows), 46)
        self.assertEqual({row["scope"]: row["recommended"] for row in rows
                          if row["recommended"] != "none"}, RECOMMENDED)
        text = world.run("scopes", "list").out
        for row in rows:
            self.assertIn("\n" + row["scope"], text)
        self.assertTrue(max(map(len, text.splitlines())) <= 100)


if __name__ == "__main__":
    main()
