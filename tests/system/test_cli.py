"""The command line as people and scripts meet it: terminals narrow and none,
signals, closed and full outputs, odd paths, several commands at once."""
import fcntl
import json
import os
import pty
import re
import signal
import struct
import subprocess
import termios
import unittest

from harness import need_terminal, CONNECTOR, EXIT, WorldTest, main


class Screen:
    """A terminal that knows what the display uses, and nothing else."""

    def __init__(self, columns):
        self.columns = columns
        self.lines = [""]
        self.row = 0
        self.column = 0

    def feed(self, text):
        for part in re.findall(r"\x1b\[\d*[A-Z]|\r|\n|[^\r\n\x1b]+|\x1b",
                               text):
            if part == "\r":
                self.column = 0
            elif part == "\n":
                self.row += 1
                if self.row == len(self.lines):
                    self.lines.append("")
            elif part.startswith("\x1b"):
                self.control(part)
            else:
                line = self.lines[self.row]
                line = (line[:self.column].ljust(self.column) + part +
                        line[self.column + len(part):])
                if len(line) >= self.columns:
                    raise AssertionError("this line wraps: " + line)
                self.lines[self.row] = line
                self.column += len(part)

    def control(self, part):
        if part.endswith("A"):
            self.row -= int(part[2:-1])
            if self.row < 0:
                raise AssertionError("above the first line")
        elif part == "\x1b[K":
            self.lines[self.row] = self.lines[self.row][:self.column]
        elif part == "\x1b[J":
            self.lines[self.row] = self.lines[self.row][:self.column]
            del self.lines[self.row + 1:]
        else:
            raise AssertionError("an unknown control: " + repr(part))


class Terminal(WorldTest):
    def setUp(self):
        need_terminal()

    def on_terminal(self, world, columns, *args):
        """(what came on the terminal, exit code, standard output)."""
        ours, theirs = pty.openpty()
        fcntl.ioctl(theirs, termios.TIOCSWINSZ,
                    struct.pack("HHHH", 40, columns, 0, 0))
        process = subprocess.Popen(
            [CONNECTOR, "--state", world.state] + list(args), env=world.env,
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=theirs)
        os.close(theirs)
        seen = b""
        while True:
            try:
                part = os.read(ours, 65536)
            except OSError:  # the last end of it was closed
                break
            if not part:
                break
            seen += part
        os.close(ours)
        out = process.stdout.read().decode()
        process.stdout.close()
        return seen.decode(), process.wait(), out

    def test_the_live_display_fits_its_terminal_and_ends_tidy(self):
        world = self.world(sandbox_options=["--page-size", "20", "--limits",
                                            "minute=10,day=5000",
                                            "--latency", "500"])
        world.init()
        path = os.path.join(world.state, "exact-connector.conf")
        text = open(path).read()
        open(path, "w").write(text.replace("minute = 60", "minute = 10"))
        world.company("alpha", division=100001)
        for columns, args in ((80, []), (40, ["--full"]), (120, ["--full"])):
            seen, code, out = self.on_terminal(world, columns, "sync",
                                               "alpha", *args)
            self.assertEqual(code, 0, seen + out)
            screen = Screen(columns)
            screen.feed(seen.replace("\r\n", "\n\r"))
            lines = [line for line in screen.lines if line]
            self.assertEqual([line.split()[:2] for line in lines[:-1]],
                             [[name, "done"] for name in (
                                 "Divisions", "GLAccounts", "Journals",
                                 "VATCodes", "Costcenters", "Costunits",
                                 "Items", "Accounts",
                                 "SalesInvoices", "TransactionLines",
                                 "Deleted", "Receivables",
                                 "PayablesList")], lines)
            self.assertRegex(lines[-1], r"^\d+ calls, \d+ left this minute, ")
            self.assertNotIn("waits", "\n".join(lines))
            self.assertNotIn("ETA", "\n".join(lines))
            self.assertIn("alpha: done in ", out)
            self.assertRegex(
                seen, r"waits \d+ s: the minute's calls are"[:columns - 9])
            # One second after the other is counted down.
            waits = {int(found) for found in re.findall(r"waits (\d+) s:",
                                                        seen)}
            self.assertGreater(len(waits), 5, waits)
            if columns == 80:
                self.assertIn("; ETA unknown", seen)
            if columns == 120:
                self.assertRegex(seen, r"; ETA \d+ (s|min \d\d s)")

    def test_without_a_terminal_there_are_plain_lines_alone(self):
        world = self.world()
        world.init()
        world.company("alpha", division=100001)
        process = world.run("sync", "alpha")
        for line in process.err.splitlines():
            self.assertRegex(line, r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ info  "
                                   r"alpha: [A-Za-z]+ done: 1 page, \d+ rows")
        self.assertNotIn("\x1b", process.err + process.out)
        self.assertNotIn("\r", process.err + process.out)

    def test_an_interrupted_secret_gives_the_terminal_its_echo_back(self):
        world = self.world()
        world.init()
        ours, theirs = pty.openpty()
        echo = termios.tcgetattr(theirs)[3] & termios.ECHO
        process = subprocess.Popen(
            [CONNECTOR, "--state", world.state, "secret", "nl"],
            env=world.env, stdin=theirs, stdout=theirs, stderr=theirs)
        seen = b""
        while b"not shown" not in seen:
            seen += os.read(ours, 4096)
        world.until(
            lambda: not termios.tcgetattr(theirs)[3] & termios.ECHO)
        os.write(ours, b"half a sec")
        process.send_signal(signal.SIGINT)
        self.assertEqual(process.wait(60), EXIT["interrupted"])
        self.assertTrue(echo)
        self.assertTrue(termios.tcgetattr(theirs)[3] & termios.ECHO)
        os.close(ours)
        os.close(theirs)


class Outputs(WorldTest):
    def ready(self):
        world = self.world()
        world.init()
        world.company("alpha", division=100001)
        world.sync("alpha")
        return world

    def command(self, world, *args, **named):
        return subprocess.run([CONNECTOR, "--state", world.state] +
                              list(args), env=world.env,
                              stdin=subprocess.DEVNULL,
                              stderr=subprocess.PIPE, **named)

    def test_output_that_cannot_be_written_is_a_failure(self):
        world = self.ready()
        for args in (("export", "alpha", "journalEntries"), ("status",),
                     ("status", "--json"), ("company", "list"), ("logins",),
                     ("--help",), ("--version",)):
            with open("/dev/full", "wb") as full:
                done = self.command(world, *args, stdout=full)
            self.assertEqual(done.returncode, EXIT["store"], args)
            self.assertIn(b"No space left", done.stderr)
            done = self.command(world, *args,
                                preexec_fn=lambda: os.close(1))
            self.assertEqual(done.returncode, EXIT["store"], args)
        # Nothing was printed into a database that took descriptor 1.
        world.run("status")
        self.assertEqual(world.database("alpha").execute(
            "PRAGMA integrity_check").fetchone(), ("ok",))

    def test_a_reader_that_has_enough_ends_an_export_without_a_word(self):
        world = self.ready()
        reader, writer = os.pipe()
        os.close(reader)
        done = self.command(world, "export", "alpha", "journalEntries",
                            stdout=writer)
        os.close(writer)
        self.assertEqual(done.returncode, EXIT["interrupted"])
        self.assertEqual(done.stderr, b"")

    def document(self, world, *args, expect="done"):
        """The document, without what every document says of the command."""
        process = world.run(*args, "--json", expect=EXIT[expect])
        said = json.loads(process.out)
        self.assertEqual(said.pop("version"), 1)
        self.assertEqual(said.pop("exitCode"), EXIT[expect])
        words = [word for word in args if not word.startswith("-")]
        command = said.pop("command")
        self.assertIn(command, (words[0], " ".join(words[:2]), None))
        return said, command, process

    def test_every_document_says_its_version_command_and_exit_code(self):
        world = self.ready()
        where = {"division": 100001, "divisionName": None}
        for args, command in (
                (("sync", "alpha"), "sync"),
                (("plan", "alpha"), "plan"),
                (("status", "alpha"), "status"),
                (("scopes", "check", "alpha"), "scopes check")):
            said, name, _ = self.document(world, *args)
            self.assertEqual(name, command)
            where["divisionName"] = (where["divisionName"] or
                                     said["divisionName"])
            self.assertEqual({key: said[key] for key in where}, where, args)
        for args, command, key in (
                (("status",), "status", "companies"),
                (("company", "list"), "company list", "companies")):
            said, name, _ = self.document(world, *args)
            self.assertEqual(name, command)
            self.assertEqual(list(said), [key])
            self.assertEqual({key: said["companies"][0][key] for key in where},
                             where, args)
        for args, key in ((("logins",), "logins"),
                          (("scopes", "list"), "scopes")):
            said, name, _ = self.document(world, *args)
            self.assertEqual(name, " ".join(args))
            self.assertEqual(list(said), [key])
            self.assertTrue(said[key])

    def test_json_is_one_document_whatever_happens(self):
        world = self.ready()
        bad = os.path.join(world.dir, "bad.conf")
        open(bad, "w").write("minute = 60;\n")
        world.run("company", "add", "beta", "--name", "B", "--region", "nl")
        for args, code in (
                (("sync", "nobody"), "usage"),
                (("sync", "beta"), "sign_in"),
                (("sync", "alpha", "--data-types", "payments"), "usage"),
                (("sync", "alpha", "--config", bad), "config"),
                (("status", "nobody"), "usage"),
                (("status", "--config", bad), "config"),
                (("logins", "--config", bad), "config"),
                (("company", "list", "--config", bad), "config"),
                (("sync",), "usage"),
                (("status", "--colour"), "usage"),
                (("nothing",), "usage")):
            said, command, process = self.document(world, *args, expect=code)
            self.assertEqual(command is None, args == ("nothing",))
            self.assertEqual(said["state"], "failed")
            self.assertIn(said["problem"], process.err)
        world.control("fault", name="status-503", path="TransactionLines",
                      count=-1)
        said, _, _ = self.document(world, "sync", "alpha", expect="failed")
        self.assertEqual(said["state"], "failed")


class Places(WorldTest):
    def test_a_state_directory_may_have_any_name(self):
        world = self.world()
        here = os.getcwd()
        self.addCleanup(os.chdir, here)
        os.chdir(world.dir)
        for name in ("relative", "./with space/and more", "\u00e9\u20ac/\u00fc",
                     "q?a=b&mode=memory#x%41", "new\nline", "quote'\"q",
                     "file:x", ":memory:"):
            world.state = name
            world.init()
            world.company("alpha", division=100001)
            world.sync("alpha")
            self.assertEqual(len(world.export("alpha", "journals")), 6, name)
            self.assertTrue(os.path.exists(
                os.path.join(name, "companies", "alpha.db")), name)

    def test_a_path_too_long_for_sqlite_is_refused_as_such(self):
        world = self.world()
        world.state = os.path.join(world.dir, "l" * 200, "l" * 220)
        process = world.run("init", expect=EXIT["usage"])
        self.assertIn("420 bytes", process.err)

    def test_without_a_home_it_says_what_to_give(self):
        world = self.world()
        env = {name: value for name, value in world.env.items()
               if name not in ("HOME", "XDG_STATE_HOME")}
        for extra in ({}, {"HOME": ""}, {"HOME": "relative"}):
            done = subprocess.run([CONNECTOR, "status"],
                                  env=dict(env, **extra), text=True,
                                  capture_output=True)
            self.assertEqual(done.returncode, EXIT["usage"])
            self.assertIn("--state DIR", done.stderr)
        # A home that can't be written to: the reason is the real one.
        done = subprocess.run([CONNECTOR, "init"],
                              env=dict(env, HOME=world.log), text=True,
                              capture_output=True)
        self.assertEqual(done.returncode, EXIT["store"])
        self.assertIn("Not a directory", done.stderr)

    def test_a_key_that_others_may_read_seals_nothing(self):
        world = self.world()
        world.run("init")
        os.unlink(os.path.join(world.state, "exact-connector.conf"))
        key = os.path.join(world.state, "vault.key")
        os.chmod(key, 0o644)
        process = world.run("init", "--sandbox", world.url,
                            expect=EXIT["config"])
        self.assertIn("may be read by others", process.err)
        self.assertEqual(os.listdir(os.path.join(world.state, "logins")), [])
        os.chmod(key, 0o600)
        world.run("init", "--sandbox", world.url)

    def test_twenty_commands_at_once_all_get_through(self):
        world = self.world()
        world.init()
        running = [world.start("company", "add", "p%d" % i, "--name", "P",
                               "--region", "nl") for i in range(20)]
        for process in running:
            world.finish(process)
            self.assertEqual(process.returncode, 0, process.err)
        listed = json.loads(
            world.run("company", "list", "--json").out)["companies"]
        self.assertEqual(len(listed), 20)

    def test_a_list_is_aligned_whatever_the_ids_and_names(self):
        world = self.world()
        world.init()
        for company, name in (("a", "Zo\u00eb & S\u00f8n \u20ac"),
                              ("b" * 64, "B"), ("-dash", "D")):
            world.run("company", "add", "--name", name, "--region", "nl",
                      "--", company)
        lines = world.run("company", "list").out.splitlines()
        self.assertEqual(len({line.index("PendingAuth")
                              for line in lines[1:]}), 1)
        self.assertEqual(lines[0].index("STATE"),
                         lines[1].index("PendingAuth"))


if __name__ == "__main__":
    main()
