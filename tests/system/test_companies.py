"""`company add --from`: a first day with 500 divisions under one login."""
import json
import os
import unittest

from harness import EXIT, WorldTest, main

HEAD = "id,name,region,division,login\n"


class Companies(WorldTest):
    def setUp(self):
        self.made = self.world()
        self.made.init()
        self.made.company("first", division=100001)
        self.login = self.made.logins()[0]["id"]

    def add(self, text, expect="done"):
        path = os.path.join(self.made.dir, "list.csv")
        with open(path, "w", newline="", encoding="utf-8") as file:
            file.write(text)
        return self.made.run("company", "add", "--from", path,
                             expect=EXIT[expect])

    def listed(self):
        return {row["id"]: row for row in json.loads(
            self.made.run("company", "list", "--json").out)["companies"]}

    def test_five_hundred_are_added_and_one_can_be_read(self):
        text = HEAD + "".join("c%03d,Company %d,nl,%d,%s\n" % (
            i, i, 100001 + i, self.login) for i in range(500))
        self.assertIn("added 500 companies", self.add(text).out)
        rows = self.listed()
        self.assertEqual(len(rows), 501)
        self.assertEqual({row["state"] for row in rows.values()}, {"Linked"})
        self.assertEqual(rows["c499"]["division"], 100500)
        self.assertEqual(rows["c499"]["login"], self.login)
        self.made.sync("c000")

    def test_what_a_spreadsheet_writes_is_read(self):
        self.add("\ufeff" + HEAD.replace("\n", "\r\n") +
                 'a,"Acme, ""Ltd""",nl,,\r\n\r\n"b",Bééà,uk,7,')
        rows = self.listed()
        self.assertEqual(rows["a"]["name"], 'Acme, "Ltd"')
        self.assertNotIn("division", rows["a"])
        self.assertEqual(rows["b"]["name"], "Bééà")
        self.assertEqual(rows["b"]["division"], 7)

    def test_one_bad_line_adds_nothing_and_is_named(self):
        good = "a,A,nl,,\n"
        for bad, line, words in (
                ("b/,B,nl,,\n", 3, "company's id"),
                ("b,,nl,,\n", 3, "name has 1 to"),
                ("b,B,fr,,\n", 3, "no region 'fr'"),
                ("\nb,B,nl,x,\n", 4, "not a division number"),
                ("b,B,nl,,nobody\n", 3, "no login 'nobody'"),
                ("b,B,uk,5," + self.login + "\n", 3, "of region"),
                ("b,B,nl,\n", 3, "4 fields"),
                ("b,B,nl,,,\n", 3, "more than the five"),
                ('b,"B,nl,,\n', 3, "double quote"),
                ('b,"B"x,nl,,\n', 3, "double quote"),
                ('b,B"x,nl,,\n', 3, "double quote"),
                ('b,"B', 3, "double quote"),
                ("b,B,nl,,\na,A,nl,,\n", 4, "company 'a' already"),
                ("first,B,nl,,\n", 3, "company 'first' already")):
            err = self.add(HEAD + good + bad, expect="usage").err
            self.assertIn("line %d: " % line, err, bad)
            self.assertIn(words, err)
            self.assertIn("no company was added", err)
            self.assertEqual(set(self.listed()), {"first"}, bad)

    def test_a_file_that_is_no_such_list_is_refused(self):
        self.assertIn("first line must be", self.add(
            "id;name;region;division;login\n", expect="usage").err)
        self.assertIn("first line must be", self.add(
            "", expect="usage").err)
        self.assertIn("no company", self.add(HEAD, expect="usage").err)
        self.assertIn("not text", self.add(HEAD + "a\0", expect="usage").err)
        self.made.run("company", "add", "--from", "/nowhere",
                      expect=EXIT["store"])
        self.assertIn("takes no other arguments", self.made.run(
            "company", "add", "x", "--from", "y", expect=EXIT["usage"]).err)
        self.assertIn("usage: exact-connector company add ID", self.made.run(
            "company", "add", expect=EXIT["usage"]).err)


if __name__ == "__main__":
    main()
