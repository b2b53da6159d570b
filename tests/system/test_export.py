"""`export`: the same records in each format, what changed since, and what a
query finds; compared with the whole of what is stored."""
import csv
import io
import json

from harness import EXIT, WorldTest, cents, main

SMALL = ("--size", "small")
DIVISION = 100002  # the generated books


class Exports(WorldTest):
    def books(self):
        world = self.world(sandbox_options=SMALL)
        world.init()
        world.company("alpha", division=DIVISION)
        world.sync("alpha")
        return world

    def test_25_changes_and_10_deletions_are_35_records_with_tombstones(self):
        world = self.books()
        whole = world.run("export", "alpha", "journalEntries",
                          "--changed-since", "0")
        number = self.change_number(whole)
        lines = {row[0]: row[1] for row in world.database("alpha").execute(
            "SELECT _id, _group FROM _feed_TransactionLines")}
        self.assertEqual(self.export_since(world, number), ([], number))
        gone = self.touch(world, lines, "delete", 10)
        changed = self.touch(world, lines, "change", 25)
        world.sync("alpha")
        rows, after = self.export_since(world, number)
        self.assertEqual(len(rows), 35)
        self.assertEqual({row["id"] for row in rows}, gone | changed)
        self.assertEqual({row["id"] for row in rows
                          if row["metadata"]["isDeleted"]}, gone)
        self.assertGreater(after, number)
        self.assertEqual(self.export_since(world, after), ([], after))
        # In portions, each going on where the one before ended.
        portions = []
        while True:
            part, number = self.export_since(world, number, "--limit", "8")
            if not part:
                break
            self.assertLessEqual(len(part), 8)
            portions += part
        self.assertEqual(portions, rows)
        # In CSV, a column marks them.
        table = self.table(world, "journalEntries", "--changed-since",
                           self.change_number(whole))
        self.assertEqual([row["id"] for row in table],
                         [row["id"] for row in rows])
        self.assertEqual({row["id"] for row in table
                          if row["metadata.isDeleted"] == "true"}, gone)
        # A number that was never reached is no empty answer.
        said = world.run("export", "alpha", "journalEntries",
                         "--changed-since", str(after + 1000), expect=None)
        self.assertEqual(said.returncode, EXIT["usage"])
        self.assertIn("never reached", said.err)
        self.assertEqual(said.out, "")

    def change_number(self, process):
        last = process.err.splitlines()[-1]
        self.assertRegex(last, r"^changeNumber: \d+$")
        return int(last.split()[1])

    def export_since(self, world, number, *options):
        process = world.run("export", "alpha", "journalEntries",
                            "--changed-since", str(number), *options)
        return ([json.loads(line) for line in process.out.splitlines()],
                self.change_number(process))

    def table(self, world, data_type, *options):
        text = world.run("export", "alpha", data_type, "--format", "csv",
                         *map(str, options)).out
        return list(csv.DictReader(io.StringIO(text, newline="")))

    def touch(self, world, lines, what, count):
        """Change or delete lines until so many entries were hit."""
        hit = set()
        for _ in range(400):
            if len(hit) == count:
                return hit
            ids = json.loads(world.control(
                what, division=DIVISION, entity="TransactionLines",
                count=1))["ids"]
            hit |= {lines[line] for line in
                    (ids.split(",") if isinstance(ids, str) else ids)}
        self.fail("%d entries were hit" % len(hit))

    def test_csv_and_json_export_say_the_same(self):
        world = self.books()
        rows = self.table(world, "journals")
        records = world.export("alpha", "journals")
        self.assertEqual([row["id"] for row in rows],
                         [record["id"] for record in records])
        self.assertEqual([row["journalCode"] for row in rows],
                         [record["journalCode"] for record in records])
        self.assertTrue(records)
        # One row an invoice, so that its total counts once; lines apart.
        invoices = world.export("alpha", "invoices")
        self.assertTrue(invoices)
        rows = self.table(world, "invoices")
        self.assertEqual([(row["id"], row["totalAmount"]) for row in rows],
                         [(one["id"], str(one["totalAmount"]))
                          for one in invoices])
        rows = self.table(world, "invoices", "--lines")
        self.assertEqual(
            [(row["id"], row["lineItems.subTotal"]) for row in rows],
            [(one["id"], str(line.get("subTotal", "")))
             for one in invoices for line in one["lineItems"]])
        self.assertNotIn("totalAmount", rows[0])
        self.assertNotIn("amountDue", rows[0])

    def test_an_export_finds_orders_and_limits(self):
        world = self.books()
        records = world.export("alpha", "invoices")
        due = [one for one in records if cents(one["amountDue"]) > 0]
        self.assertTrue(due)
        self.assertLess(len(due), len(records))
        found = world.export("alpha", "invoices", "--query", "amountDue > 0",
                             "--order", "-dueDate")
        self.assertEqual(
            found, sorted(due, key=lambda one: (one["dueDate"], one["id"]),
                          reverse=True))
        self.assertEqual(
            world.export("alpha", "invoices", "--query", "amountDue > 0",
                         "--order=-dueDate", "--limit", "3"), found[:3])
        one = records[7]
        self.assertEqual(
            world.export("alpha", "invoices", "--query",
                         "id=" + one["id"].upper()), [one])
        party = one["customerRef"]["id"]
        self.assertEqual(
            world.export("alpha", "invoices", "--query",
                         "customerRef.id=%s && issueDate>=%s" % (
                             party, one["issueDate"])),
            [other for other in records
             if other["customerRef"]["id"] == party and
             other["issueDate"] >= one["issueDate"]])
        # Those that are deleted come when they are asked for.
        self.assertEqual(world.export("alpha", "invoices", "--query",
                                      "metadata.isDeleted = true"), [])
        world.control("delete", division=DIVISION, entity="TransactionLines",
                      count=20)
        world.sync("alpha")
        left = world.export("alpha", "invoices")
        gone = world.export("alpha", "invoices", "--query",
                            "metadata.isDeleted = true")
        self.assertTrue(gone)
        self.assertEqual(len(left) + len(gone), len(records))
        self.assertEqual({one["id"] for one in gone},
                         {one["id"] for one in records} -
                         {one["id"] for one in left})
        # The run made the indexes that these stand on.
        self.assertTrue(world.database("alpha").execute(
            "SELECT 1 FROM sqlite_schema WHERE type = 'index' AND "
            "name = 'invoices_by_due_date'").fetchall())

    def test_a_wrong_export_is_told_what_would_be_right(self):
        world = self.books()
        for args, words in (
                (("invoices", "--query", "isueDate>2026-01-01"),
                 "did you mean issueDate?"),
                (("invoices", "--query", "lineItems.unitAmount=7"),
                 "lineItems is an array"),
                (("invoices", "--query", "status = Pait"), "position 10"),
                (("invoices", "--query", ""), "position 1"),
                (("invoices", "--order", "due"), "no field 'due'"),
                (("invoices", "--limit", "0"), "--limit"),
                (("invoices", "--limit", "1x"), "--limit"),
                (("invoices", "--changed-since", "-1"), "--changed-since"),
                (("invoices", "--changed-since", "0", "--limit", "5",
                  "--order", "dueDate"), "--order"),
                (("invoices", "--lines"), "--format csv"),
                (("journals", "--lines", "--format", "csv"), "invoices")):
            said = world.run("export", "alpha", *args, expect=None)
            self.assertEqual(said.returncode, EXIT["usage"], args)
            self.assertIn(words, said.err)
            self.assertEqual(said.out, "")


if __name__ == "__main__":
    main()
