"""Sign-ins with real processes: killed, raced, rebooted, repeated, typed."""
import http.client
import json
import os
import pty
import signal
import socket
import termios
import time
import unittest

from harness import need_terminal, CONNECTOR, EXIT, OWN_LEDGER, WorldTest, main
from test_logins import token_requests

HOUR = 3600 * 1000
DAY = 24 * HOUR


def back_from(world, company):
    """Begin a sign-in and be its browser; the redirected address."""
    url = world.run("login", company, "--url").out.strip().splitlines()[-1]
    return world.consent(url)


class Killed(WorldTest):
    def test_a_sign_in_killed_at_any_step_costs_no_login_that_reached_us(self):
        # point: the exit code of the sync that follows
        points = {"consent.prepared": 0, "token.sent": 0,
                  "token.received": EXIT["sign_in"],
                  "vault.slot": EXIT["sign_in"], "vault.slot.written": 0,
                  "vault.slot.synced": 0, "consent.kept": 0,
                  "consent.joined": 0, "consent.removed": 0}
        world = self.world(sandbox_options=["--rotation", "strict"])
        world.init()
        world.company("a", division=100001)
        for point, expected in points.items():
            # The old chain is dead from the moment Exact has seen the code,
            # and its access token is too old to hide that.
            world.advance(HOUR)
            process = world.run(
                "login", "a", "--callback", stdin=back_from(world, "a") + "\n",
                env={"EXACT_FAULT": "kill:%s@1" % point}, expect=None)
            self.assertEqual(process.returncode, -signal.SIGKILL, point)
            process = world.run("sync", "a", expect=None)
            self.assertEqual(process.returncode, expected,
                             (point, process.err))
            login, = world.logins()
            self.assertEqual(login["state"],
                             "alive" if expected == 0 else "sign-in needed")
            if expected != 0:
                world.login("a")

    def test_a_killed_sign_in_is_finished_by_the_timer_too(self):
        world = self.world()
        world.init()
        world.company("a", division=100001)
        world.advance(HOUR)
        world.run("login", "a", "--callback",
                  stdin=back_from(world, "a") + "\n",
                  env={"EXACT_FAULT": "kill:consent.kept@1"}, expect=None)
        process = world.run("refresh", "--due")
        self.assertIn("finished an earlier sign-in", process.err)
        self.assertEqual(world.logins()[0]["generation"], 2)
        self.assertEqual(world.sync("a")["state"], "done")


class AtOnce(WorldTest):
    def two_companies(self):
        world = self.world(ledgers=[OWN_LEDGER] * 2)
        world.init()
        for company, division in (("a", 100001), ("b", 100002)):
            world.run("company", "add", company, "--name", company,
                      "--region", "nl", "--division", str(division))
        return world

    def all_alive(self, world):
        for _ in range(2):
            for company in "ab":
                self.assertEqual(world.sync(company)["state"], "done")
            world.advance(HOUR)
        self.assertEqual([login["state"] for login in world.logins()],
                         ["alive"])

    def test_one_user_signing_in_for_two_companies_at_once_links_both(self):
        world = self.two_companies()
        for fault in (None, "slow-token"):
            backs = [back_from(world, company) for company in "ab"]
            if fault:
                world.control("fault", name=fault, count=1)
            processes = [world.start("login", company, "--callback",
                                     stdin=back + "\n")
                         for company, back in zip("ab", backs)]
            for process in processes:
                self.assertEqual(world.finish(process).returncode, 0,
                                 process.err)
            self.all_alive(world)

    def test_a_sign_in_during_a_slow_refresh_joins_after_it(self):
        world = self.two_companies()
        world.login("a")
        world.advance(HOUR)
        back = back_from(world, "b")
        world.control("fault", name="slow-token", count=1)
        since = len(world.requests())
        with world.held():
            sync = world.start("sync", "a", "--json")
            world.until(lambda: token_requests(world, since))
            login = world.start("login", "b", "--callback", stdin=back + "\n")
            world.until(lambda: len(token_requests(world, since)) == 2)
        self.assertEqual(world.finish(sync).returncode, 0, sync.err)
        self.assertEqual(world.finish(login).returncode, 0, login.err)
        self.assertEqual(world.logins()[0]["generation"], 3)
        self.all_alive(world)


class Times(WorldTest):
    def test_a_restart_of_the_machine_costs_no_login(self):
        world = self.world()
        world.init()
        world.company("a", division=100001)
        for gap in (1000, 500 * 1000, 580 * 1000, 2 * HOUR):
            world.advance(gap)
            world.reboot()
            self.assertEqual(world.sync("a")["state"], "done", gap)
            self.assertEqual(world.logins()[0]["state"], "alive")

    def test_idle_logins_live_by_the_timer_and_end_without_it(self):
        world = self.world()
        world.init()
        world.company("a", division=100001)
        for _ in range(6):
            world.advance(8 * DAY)
            self.assertIn("1 login due", world.run("refresh", "--due").out)
        self.assertEqual(world.sync("a")["state"], "done")
        world.advance(31 * DAY)
        process = world.run("sync", "a", expect=EXIT["sign_in"])
        self.assertIn("30 days", process.err)
        self.assertEqual(world.logins()[0]["cause"], "expired")

    def test_a_day_of_failing_token_requests_is_told_and_survived(self):
        world = self.world()
        world.init()
        world.company("a", division=100001)
        for fault, words in (("status-500", "500"), ("html-200", "no token"),
                             ("empty-token", "is empty")):
            world.advance(HOUR)
            world.control("fault", name=fault, path="/api/oauth2/token",
                          count=1000)
            since = len(world.requests())
            end = world.now()[0] + DAY
            while world.now()[0] < end:
                process = world.run("sync", "a", expect=EXIT["failed"])
                self.assertIn(words, process.err.splitlines()[-1])
                world.advance(2 * HOUR)
            self.assertLess(len(token_requests(world, since)), 100)
            login, = world.logins()
            self.assertEqual(login["state"], "unknown")
            self.assertIn(words, login["problem"])
            self.assertIn(words, world.run("logins").out)
            self.assertIn(words, world.run("status", "a").out)
            world.control("fault", name=fault, path="/api/oauth2/token",
                          count=0)
            self.assertEqual(world.sync("a")["state"], "done")
            self.assertNotIn("problem", world.logins()[0])

    def test_a_lost_answer_is_told_truly_in_the_same_run(self):
        world = self.world(sandbox_options=["--rotation", "strict"])
        world.init()
        world.company("a", division=100001)
        world.advance(HOUR)
        world.control("fault", name="token-lost", count=1)
        process = world.run("sync", "a", expect=EXIT["sign_in"])
        self.assertIn("lost on the way", process.err)
        self.assertEqual(world.logins()[0]["cause"], "lost")


class Places(WorldTest):
    def test_a_login_of_another_port_is_not_this_servers(self):
        world = self.world()
        world.init()
        world.company("a", division=100001)
        config = os.path.join(world.state, "exact-connector.conf")
        with open(config) as file:
            text = file.read()
        with open(config, "w") as file:
            file.write(text.replace(":%d" % world.port, ":1"))
        process = world.run("sync", "a", expect=EXIT["config"])
        self.assertIn("another app or host", process.err)
        process = world.run("login", "a", "--url", expect=EXIT["config"])
        self.assertIn("secret", process.err)

    def test_one_damaged_login_does_not_hide_the_others(self):
        world = self.world()
        world.init()
        world.company("a", division=100001)
        folder = os.path.join(world.state, "logins")
        name, = [name for name in os.listdir(folder)
                 if name.endswith(".login")]
        with open(os.path.join(folder, "0" * 32 + ".login"), "wb") as file:
            file.write(b"EXLOGIN1" + bytes(1000))
        states = {login["id"]: login["state"] for login in world.logins()}
        self.assertEqual(len(states), 2)
        self.assertEqual(states["0" * 32], "unreadable")
        self.assertIn("damaged", world.run("logins").out)
        with open(os.path.join(folder, name), "r+b") as file:
            file.write(bytes(40000))
        status = json.loads(world.run("status", "a", "--json").out)
        self.assertEqual(status["loginState"], "unreadable")
        world.run("sync", "a", expect=EXIT["store"])

    def test_no_new_key_is_made_beside_logins_that_have_one(self):
        world = self.world()
        world.init()
        world.company("a", division=100001)
        key = os.path.join(world.state, "vault.key")
        os.rename(key, key + ".away")
        process = world.run("init", expect=EXIT["config"])
        self.assertIn("put it back", process.err)
        self.assertFalse(os.path.exists(key))
        os.rename(key + ".away", key)
        self.assertEqual(world.sync("a")["state"], "done")

    def test_a_company_is_not_erased_under_a_run(self):
        world = self.world()
        world.init()
        world.company("a", division=100001)
        with world.held():
            world.control("fault", name="hold", path="sync/Financial",
                          count=1)
            since = len(world.requests())
            sync = world.start("sync", "a")
            world.until(lambda: [request for request in world.requests(since)
                                 if "sync/Financial" in request["path"]])
            process = world.run("company", "remove", "a", "--erase",
                                expect=EXIT["busy"])
            self.assertIn("being synced", process.err)
            sync.kill()
            sync.wait()
        world.run("company", "remove", "a", "--erase")
        left = os.listdir(os.path.join(world.state, "companies"))
        self.assertEqual([name for name in left if name.endswith(".db")], [])

    def test_the_state_directory_may_stand_behind_a_link(self):
        world = self.world()
        world.init()
        real = world.state
        world.state = os.path.join(world.dir, "link")
        os.symlink(real, world.state)
        world.company("a", division=100001)
        self.assertEqual(world.sync("a")["state"], "done")

    def test_init_takes_no_directory_for_a_configuration(self):
        world = self.world()
        os.mkdir(os.path.join(world.dir, "folder"))
        process = world.run("init", "--config",
                            os.path.join(world.dir, "folder"),
                            expect=EXIT["config"])
        self.assertIn("is not a file", process.err)

    def test_a_name_is_any_text_that_json_can_hold(self):
        world = self.world()
        world.init()
        name = "Caf\u00e9 \U0001f642 \"quoted\""
        world.run("company", "add", "a", "--name", name, "--region", "nl")
        for bad in (b"x\ny", b"\xff", b"", b"y" * 257):
            world.run("company", "add", "b", "--name", os.fsdecode(bad),
                      "--region", "nl", expect=EXIT["usage"])
        listed = json.loads(
            world.run("company", "list", "--json").out)["companies"]
        self.assertEqual([company["name"] for company in listed], [name])

    def test_a_login_is_named_as_it_names_itself(self):
        world = self.world()
        world.init()
        world.company("a", division=100001)
        login = world.logins()[0]["id"]
        world.run("company", "add", "b", "--name", "b", "--region", "nl",
                  "--division", "100001", "--login", login.upper())
        listed = json.loads(
            world.run("company", "list", "--json").out)["companies"]
        self.assertEqual([company["login"] for company in listed],
                         [login, login])


class Listening(WorldTest):
    def test_the_listener_takes_the_browser_home_past_silent_strangers(self):
        world = self.world(virtual=False)
        world.init()
        world.run("company", "add", "a", "--name", "A", "--region", "nl",
                  "--division", "100001")
        process = world.start("login", "a", "--listen", "0.0.0.0:0")
        try:
            name = process.log_name + ".out"
            world.until(lambda: "listening" in world.output(name))
            text = world.output(name)
            port = int(text.split("listening on http://0.0.0.0:")[1]
                       .split("/")[0])
            self.assertIn("other machines",
                          world.output(process.log_name + ".err"))
            url = [word for word in text.split() if "/auth?" in word][0]
            back = "/oauth/callback?" + world.consent(url).split("?", 1)[1]
            # As many as it takes at once: they make room when they stay
            # silent.
            strangers = []
            for _ in range(1024):
                strangers.append(socket.create_connection(
                    ("127.0.0.1", port), timeout=30))
            forged = ("/oauth/callback?error=x&error_description=" +
                      "Call+0900&state=" + "z" * 43)
            for target, status in ((forged, 400), (back, 200)):
                connection = http.client.HTTPConnection("127.0.0.1", port,
                                                        timeout=60)
                connection.request("GET", target)
                reply = connection.getresponse()
                page = reply.read().decode()
                connection.close()
                self.assertEqual(reply.status, status, page)
                self.assertNotIn("Call", page)
            for stranger in strangers:
                stranger.close()
            world.finish(process)
            self.assertEqual(process.returncode, 0, process.err)
        finally:
            if process.poll() is None:
                process.kill()


class Typed(WorldTest):
    def setUp(self):
        need_terminal()

    """At a terminal."""

    def at_terminal(self, world, *args):
        pid, fd = pty.fork()
        if pid == 0:
            os.execve(CONNECTOR, [CONNECTOR, "--state", world.state] +
                      list(args), world.env)
        return pid, fd

    @staticmethod
    def read_until(fd, word):
        text = b""
        while word not in text:
            try:
                part = os.read(fd, 4096)
            except OSError:
                break
            if not part:
                break
            text += part
        return text

    def test_a_client_secret_is_not_echoed(self):
        world = self.world()
        world.init()
        pid, fd = self.at_terminal(world, "secret", "nl")
        self.read_until(fd, b"not shown): ")
        os.write(fd, b"ABCDEFsecret1\n")
        text = self.read_until(fd, b"sealed")
        _, status = os.waitpid(pid, 0)
        os.close(fd)
        self.assertEqual(status, 0)
        self.assertNotIn(b"ABCDEF", text)

    def test_ctrl_c_ends_a_prompt(self):
        world = self.world()
        world.init()
        world.run("company", "add", "a", "--name", "a", "--region", "nl")
        for args, prompt in ((("secret", "nl"), b"not shown): "),
                             (("login", "a", "--paste"), b"\n> ")):
            pid, fd = self.at_terminal(world, *args)
            self.read_until(fd, prompt)
            time.sleep(0.05)  # until it reads
            os.write(fd, b"\x03")
            self.read_until(fd, b"interrupted")
            echo = termios.tcgetattr(fd)[3] & termios.ECHO
            _, status = os.waitpid(pid, 0)
            os.close(fd)
            self.assertTrue(echo)
            self.assertIn(os.waitstatus_to_exitcode(status),
                          (EXIT["interrupted"], -signal.SIGINT))


if __name__ == "__main__":
    main()
