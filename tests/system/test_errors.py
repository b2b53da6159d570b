"""Bad input gets a clear error that names the thing and the remedy, its own
exit code, and nothing is lost or spent."""
import os
import signal
import stat
import subprocess
import unittest

from harness import EXIT, OWN_LEDGER, WorldTest, main


class BadInput(WorldTest):
    def says(self, process, code, *words):
        self.assertEqual(process.returncode, EXIT[code],
                         process.out + process.err)
        for word in words:
            self.assertIn(word, process.err)

    def test_a_wrong_command_line_says_what_is_wrong(self):
        world = self.world()
        world.init()
        run = world.run
        self.says(run(expect=None, *["synk", "a"]), "usage", "synk")
        self.says(run("sync", expect=None), "usage", "sync ID")
        self.says(run("sync", "a", "b", expect=None), "usage", "'b'")
        self.says(run("sync", "a", "--fast", expect=None), "usage", "--fast")
        self.says(run("sync", "nobody", expect=None), "usage", "nobody")
        self.says(run("company", "add", "../x", "--name", "X", "--region",
                      "nl", expect=None), "usage", "../x")
        self.says(run("company", "add", "x", "--name", "X", "--region", "de",
                      expect=None), "usage", "'de'")
        self.says(run("company", "add", "x", "--name", "X", "--region", "nl",
                      "--division", "12a", expect=None), "usage", "12a")
        run("company", "add", "x", "--name", "X", "--region", "nl")
        self.says(run("company", "add", "x", "--name", "X", "--region", "nl",
                      expect=None), "usage", "'x'")
        self.says(run("sync", "x", expect=None), "sign_in", "login x")
        self.says(run("export", "x", "payments", expect=None), "usage",
                  "journalEntries")
        self.says(run("export", "x", "invoices", expect=None), "failed",
                  "exact-connector sync x")
        self.assertEqual(world.requests()[1:], [])

    def test_a_broken_configuration_is_named_by_file_and_line(self):
        world = self.world()
        world.init()
        path = os.path.join(world.state, "exact-connector.conf")
        good = open(path).read()
        for bad, words in (
                (good.replace("minute = 60", "minute = sixty"), [":"]),
                (good.replace("minute = 60", "minute = 0"),
                 ["limits.minute", "1 to 600"]),
                (good.replace("minute = 60", "minutes = 60"),
                 ["limits.minutes"]),
                (good + "\nclient_secret = \"x\";\n", ["secret"]),
                (good.replace("client_id = \"", "client_id = \"a b"),
                 ["blank"])):
            self.assertNotEqual(bad, good)
            open(path, "w").write(bad)
            process = world.run("company", "list", expect=None)
            if "blank" in words:
                world.run("company", "add", "x", "--name", "X", "--region",
                          "nl")
                process = world.run("login", "x", "--url", expect=None)
            self.says(process, "config", path, *words)
        open(path, "w").write(good)
        world.run("company", "list")

    def test_a_missing_or_open_or_other_key_is_told_before_anything(self):
        world = self.world()
        world.init()
        world.company("a", division=100001)
        key = os.path.join(world.state, "vault.key")
        content = open(key, "rb").read()
        since = len(world.requests())
        os.chmod(key, 0o644)
        self.says(world.run("sync", "a", expect=None), "config", "vault.key")
        os.unlink(key)
        self.says(world.run("sync", "a", expect=None), "config", "vault.key")
        with open(key, "wb") as file:
            file.write(bytes(32))
        os.chmod(key, 0o600)
        self.says(world.run("sync", "a", expect=None), "config", "key")
        self.assertEqual(world.requests(since), [])
        with open(key, "wb") as file:
            file.write(content)
        self.assertEqual(world.sync("a")["state"], "done")

    def waiting_run(self, world):
        """A run whose ledger page never comes, and time that stands."""
        world.control("fault", name="hold", path="TransactionLines",
                      count=-1)
        process = world.start("sync", "a", "--json")
        world.until(lambda: [request for request in world.requests()
                             if "sync/Financial/TransactionLines" in
                             request["path"]])
        return process

    def test_a_second_run_of_the_same_company_is_told_who_has_it(self):
        world = self.world()
        world.init()
        world.company("a", division=100001)
        with world.held():
            first = self.waiting_run(world)
            second = world.run("sync", "a", expect=EXIT["busy"])
            self.assertIn(str(first.pid), second.err)
            first.send_signal(signal.SIGTERM)
            world.finish(first)
        self.assertEqual(first.returncode, EXIT["interrupted"])

    def test_ctrl_c_keeps_what_is_whole_and_ends(self):
        world = self.world()
        world.init()
        world.company("a", division=100001)
        with world.held():
            process = self.waiting_run(world)
            process.send_signal(signal.SIGINT)
            world.finish(process)
        self.assertEqual(process.returncode, EXIT["interrupted"])
        world.control("fault", name="hold", path="TransactionLines", count=0)
        rows = world.database("a").execute(
            "SELECT count(*) FROM _feed_GLAccounts").fetchone()[0]
        self.assertGreater(rows, 0)
        since = len(world.requests())
        self.assertEqual(world.sync("a")["state"], "done")
        self.assertFalse([request for request in world.requests(since)
                          if "oauth2/token" in request["path"]])

    def test_a_full_disk_is_told_and_the_next_run_is_whole(self):
        for fault in ("enospc:records.commit@3", "eio:ledger.write@3",
                      "erofs:vault.intent@1", "enospc:vault.intent@1"):
            with self.subTest(fault=fault):
                world = self.world()
                world.init()
                world.company("a", division=100001)
                world.advance(3600 * 1000)
                process = world.run("sync", "a", expect=None,
                                    env={"EXACT_FAULT": fault})
                self.assertEqual(process.returncode, EXIT["store"],
                                 process.err)
                self.assertEqual(world.logins()[0]["state"], "alive")
                world.advance(3600 * 1000)
                self.assertEqual(world.sync("a")["state"], "done")

    def test_the_state_directory_is_private(self):
        world = self.world()
        world.init()
        world.company("a", division=100001)
        world.sync("a")
        for folder, folders, names in os.walk(world.state):
            for name in folders + names + ["."]:
                mode = os.stat(os.path.join(folder, name)).st_mode
                self.assertEqual(stat.S_IMODE(mode) & 0o077, 0,
                                 os.path.join(folder, name))

    def test_nothing_secret_is_on_a_command_line_or_in_the_environment(self):
        world = self.world()
        world.init()
        world.company("a", division=100001)
        world.advance(3600 * 1000)
        world.control("fault", name="slow-token", path="", count=1)
        seen = []
        process = world.start("sync", "a")
        while process.poll() is None:
            for pid in os.listdir("/proc"):
                if not pid.isdigit():
                    continue
                for what in ("cmdline", "environ"):
                    try:
                        with open("/proc/%s/%s" % (pid, what), "rb") as file:
                            text = file.read()
                    except OSError:
                        continue
                    if b"exact" in text:
                        seen.append(text)
        world.finish(process)
        self.assertTrue(any(b"refresh" in text for text in seen))
        with open(world.secrets) as file:
            secrets = [line.strip().encode() for line in file
                       if len(line.strip()) >= 8]
        for text in seen:
            for secret in secrets:
                self.assertNotIn(secret, text)


if __name__ == "__main__":
    main()
