"""The bash completion, sourced and asked as bash asks it."""
import json
import subprocess
import unittest

from harness import CONNECTOR, EXIT, WorldTest, main

ASK = """source "$1"; shift
COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _exact_connector
printf '%s\\n' "${COMPREPLY[@]}"
"""


class Completion(WorldTest):
    def setUp(self):
        self.made = self.world()
        self.made.init()
        for name in ("acme", "apex", "zoo"):
            self.made.company(name, login=False)
        self.script = self.made.dir + "/completion"
        with open(self.script, "w") as file:
            file.write(self.made.run("completion", "bash").out)

    def ask(self, *words):
        process = subprocess.run(
            ["bash", "-uc", ASK, "bash", self.script, CONNECTOR, "--state",
             self.made.state, *words], capture_output=True, text=True,
            env=self.made.env, check=True)
        self.assertEqual(process.stderr, "")
        return [word for word in process.stdout.split("\n") if word]

    def test_every_command_and_each_of_its_options_is_offered(self):
        text = self.made.run("--help").out
        lines = text.split("Commands:\n")[1].split("\n\n")[0].split("\n")
        seen = 0
        for line in lines:
            if not line.startswith("  ") or line.startswith("   "):
                continue
            words = [word for word in line[2:26].split()
                     if word.islower() and word.isalpha()][:2]
            if words[0] == "completion":
                words = words[:1]
            for i, word in enumerate(words):
                self.assertIn(word, self.ask(*words[:i], word[:2]))
            offered = self.ask(*words, "--")
            shown = self.made.run(*words, "--help").out
            options = [one.split()[0] for one in
                       shown.split("Common options:")[0].split("\n")
                       if one.startswith("  --")]
            self.assertEqual(sorted(options + ["--state", "--config",
                                               "--help"]), sorted(offered))
            seen += 1
        self.assertGreaterEqual(seen, 14)

    def test_values_come_from_the_tables_and_the_registry(self):
        self.assertEqual(self.ask("sync", "a"), ["acme", "apex"])
        self.assertEqual(self.ask("sync", "--json", "z"), ["zoo"])
        self.assertEqual(self.ask("export", "acme", "journalE"),
                         ["journalEntries"])
        self.assertEqual(self.ask("sync", "acme", "--data-types",
                                  "journals,ch"),
                         ["journals,chartOfAccounts"])
        self.assertEqual(self.ask("company", "add", "x", "--region", "u"),
                         ["uk"])
        self.assertEqual(self.ask("export", "acme", "journals", "--format",
                                  "c"), ["csv"])
        self.assertEqual(self.ask("secret", "n"), ["nl"])
        self.assertEqual(self.ask("status", "ap"), ["apex"])
        self.assertEqual(self.ask("company", "add", "a"), [])
        self.assertEqual(self.ask("company", ""), ["add", "list", "remove"])
        self.assertEqual(self.ask("plan", "acme", "--c"),
                         ["--count", "--config"])
        self.assertEqual(self.ask("sync", "acme", "a"), [])

    def test_logins_are_offered_where_one_is_taken(self):
        self.made.login("acme")
        login = self.made.logins()[0]["id"]
        self.assertEqual(self.ask("refresh", ""), [login])
        self.assertEqual(self.ask("company", "add", "x", "--login", ""),
                         [login])

    def test_another_shell_is_refused(self):
        self.assertIn("only for bash", self.made.run(
            "completion", "tcsh", expect=EXIT["usage"]).err)


if __name__ == "__main__":
    main()
