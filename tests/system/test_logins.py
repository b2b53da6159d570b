"""Logins with real processes: one chain whatever happens."""
import json
import os
import signal
import unittest

from harness import EXIT, OWN_LEDGER, WorldTest, main


def token_requests(world, since=0):
    return [request for request in world.requests(since)
            if request["path"].startswith("/api/oauth2/token")]


class OneChain(WorldTest):
    def three_companies(self):
        world = self.world(ledgers=[OWN_LEDGER] * 3)
        world.init()
        world.company("a", division=100001)
        login = world.logins()[0]["id"]
        for name, division in (("b", 100002), ("c", 100003)):
            world.run("company", "add", name, "--name", name, "--region",
                      "nl", "--division", str(division), "--login", login)
        return world

    def test_eight_processes_with_an_expired_token_make_one_request(self):
        world = self.three_companies()
        for company in "abc":
            world.sync(company)
        world.advance(3600 * 1000)
        since = len(world.requests())
        processes = [world.start("sync", company, "--json")
                     for company in "abcabcab"]
        codes = [world.finish(process).returncode for process in processes]
        self.assertEqual(len(token_requests(world, since)), 1)
        self.assertTrue(set(codes) <= {0, EXIT["busy"]}, codes)
        self.assertGreaterEqual(codes.count(0), 3)
        # And a second consent by the same user joins the same chain.
        since = len(world.requests())
        world.login("b")
        self.assertEqual(len(token_requests(world, since)), 1)
        logins = world.logins()
        self.assertEqual(len(logins), 1)
        self.assertEqual(logins[0]["state"], "alive")
        for company in "abc":
            self.assertEqual(world.sync(company)["state"], "done")
        world.advance(3600 * 1000)
        since = len(world.requests())
        for company in "abc":
            self.assertEqual(world.sync(company)["state"], "done")
        self.assertEqual(len(token_requests(world, since)), 1)

    def test_two_companies_on_one_division_share_one_budget(self):
        world = self.world()
        world.init()
        world.company("a", division=100001)
        login = world.logins()[0]["id"]
        world.run("company", "add", "b", "--name", "b", "--region", "nl",
                  "--division", "100001", "--login", login)
        left = []
        for company in "abab":
            summary = world.sync(company)
            left.append(summary["dayLeft"])
        counted = [request for request in world.requests()
                   if request["division"] == 100001]
        self.assertEqual(left[-1], 5000 - len(counted))
        self.assertEqual(left, sorted(left, reverse=True))
        world.run("company", "remove", "a", "--erase")
        self.assertEqual(world.sync("b")["dayLeft"],
                         5000 - len([request for request in world.requests()
                                     if request["division"] == 100001]))

    def test_a_revoked_consent_is_told_as_sign_in_needed(self):
        world = self.world()
        world.init()
        world.company("a", division=100001)
        world.sync("a")
        world.control("revoke", user="jan", app="nl")
        world.advance(3600 * 1000)
        process = world.run("sync", "a", "--json", expect=EXIT["sign_in"])
        self.assertIn("sign", process.err + process.out)
        self.assertEqual(world.logins()[0]["state"], "sign-in needed")
        world.run("sync", "a", expect=EXIT["sign_in"])
        world.login("a")
        self.assertEqual(world.sync("a")["state"], "done")
        self.assertEqual(len(world.logins()), 1)


class TheCallback(WorldTest):
    def pending(self, world):
        return world.run("login", "a", "--url").out.strip().splitlines()[-1]

    def refused(self, world, text, *words):
        process = world.run("login", "a", "--callback", stdin=text + "\n",
                            expect=None)
        self.assertNotEqual(process.returncode, 0, text)
        for word in words:
            self.assertIn(word, process.err)
        self.assertFalse(token_requests(world))
        return process

    def test_what_comes_back_wrong_is_refused_and_says_why(self):
        world = self.world()
        world.init()
        world.run("company", "add", "a", "--name", "A", "--region", "nl",
                  "--division", "100001")
        world.run("company", "add", "u", "--name", "U", "--region", "uk")
        url = self.pending(world)
        back = world.consent(url)
        state = back.split("state=")[1].split("&")[0]
        base = back.split("?")[0]
        self.refused(world, base + "?code=x%21y&state=" + "A" * len(state))
        self.refused(world, base + "?code=x%21y")
        self.refused(world, base + "?state=" + state)
        self.refused(world, base + "?code=%zz&state=" + state)
        self.refused(world, base + "?code=" + "a" * 20000 + "&state=" + state)
        self.refused(world, "not an address at all")
        # The UK company's state is not the NL company's.
        other = world.run("login", "u", "--url").out.strip().splitlines()[-1]
        self.refused(world, world.consent(other))
        denied = self.pending(world)
        world.control("consent", user="jan", deny=1)
        self.refused(world, world.consent(denied), "access_denied")
        world.control("consent", user="jan", deny=0)
        # The first one is still good: nothing above has used it up.
        world.run("login", "a", "--callback", stdin=back + "\n")
        self.assertEqual(len(token_requests(world)), 1)
        # Used once is used up.
        process = world.run("login", "a", "--callback", stdin=back + "\n",
                            expect=None)
        self.assertNotEqual(process.returncode, 0)
        self.assertEqual(len(token_requests(world)), 1)
        self.assertEqual(world.sync("a")["state"], "done")

    def test_a_state_older_than_ten_minutes_is_refused(self):
        world = self.world()
        world.init()
        world.run("company", "add", "a", "--name", "A", "--region", "nl",
                  "--division", "100001")
        back = world.consent(self.pending(world))
        world.advance(601 * 1000)
        self.refused(world, back, "ten minutes")

    def test_the_listener_takes_the_browser_home(self):
        import http.client
        world = self.world()
        world.init()
        world.run("company", "add", "a", "--name", "A", "--region", "nl",
                  "--division", "100001")
        with world.held():
            process = world.start("login", "a", "--listen", "127.0.0.1:0")
            world.until(lambda: process.poll() is not None or "listening" in
                        world.output(process.log_name + ".out"))
            self.assertIsNone(process.poll(),
                              world.output(process.log_name + ".err"))
            words = world.output(process.log_name + ".out").split()
            url = [word for word in words if "/api/oauth2/auth?" in word][0]
            port = int([word for word in words if
                        word.endswith("/oauth/callback")][0].split(":")[2]
                       .split("/")[0])
            back = world.consent(url)

            def visit(target):
                connection = http.client.HTTPConnection("127.0.0.1", port,
                                                        timeout=60)
                connection.request("GET", target)
                reply = connection.getresponse()
                text = reply.read().decode()
                connection.close()
                return reply.status, text
            status, text = visit("/oauth/callback?code=a&state=b")
            self.assertEqual(status, 400)
            status, text = visit("/favicon.ico")
            self.assertEqual(status, 404)
            status, text = visit(back.split("8910", 1)[1])
            self.assertEqual(status, 200, text)
            self.assertNotIn("code=", text)
        self.assertEqual(world.finish(process).returncode, 0, process.err)
        self.assertEqual(world.sync("a")["state"], "done")

    def test_a_division_outside_the_consent_is_refused_by_name(self):
        world = self.world(ledgers=[OWN_LEDGER] * 2)
        world.init()
        world.control("consent", user="jan", divisions="100002")
        world.run("company", "add", "a", "--name", "A", "--region", "nl",
                  "--division", "100001")
        process = world.login("a", expect=None)
        self.assertNotEqual(process.returncode, 0)
        self.assertIn("100001", process.err)

    def test_one_reachable_division_is_taken_without_asking(self):
        world = self.world()
        world.init()
        world.company("a")
        self.assertEqual(world.sync("a")["state"], "done")
        listed = json.loads(
            world.run("company", "list", "--json").out)["companies"]
        self.assertEqual(listed[0]["division"], 100001)
        login = world.logins()[0]
        self.assertEqual(login["divisions"], [100001])
        # Nor is a second company on that login asked.
        world.run("company", "add", "b", "--name", "B", "--region", "nl",
                  "--login", login["id"])
        self.assertEqual(world.sync("b")["state"], "done")

    def test_several_divisions_are_listed_and_none_is_guessed(self):
        world = self.world(ledgers=[OWN_LEDGER] * 2)
        world.init()
        world.run("company", "add", "a", "--name", "A", "--region", "nl")
        process = world.login("a", expect=None)
        self.assertNotEqual(process.returncode, 0)
        self.assertIn("100001", process.err)
        self.assertIn("100002", process.err)
        # The consent isn't lost: the login is there, a division is missing.
        login = world.logins()[0]
        self.assertEqual(login["state"], "alive")
        self.assertEqual(login["divisions"], [100001, 100002])
        world.run("company", "remove", "a")
        refused = world.run("company", "add", "a", "--name", "A", "--region",
                            "nl", "--login", login["id"],
                            expect=EXIT["usage"])
        self.assertIn("--division", refused.err)
        world.run("company", "add", "a", "--name", "A", "--region", "nl",
                  "--division", "100002", "--login", login["id"])
        self.assertEqual(world.sync("a")["state"], "done")


if __name__ == "__main__":
    main()
