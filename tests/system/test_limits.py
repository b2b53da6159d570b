"""The quota under attack: processes that die, clocks that jump, servers whose
clock or headers are wrong, limits that change, others who use them too. Seen
from the sandbox's side, that never counts more than it allows."""
import http.client
import json
import socket
import unittest
import urllib.parse

from harness import EXIT, WALL, WorldTest, main

DAY = 24 * 3600 * 1000
MINUTE = 60 * 1000
REDIRECT = "https://exact.codat.io/oauth/callback"
LINES = "sync/Financial/TransactionLines"


class Foreigner:
    """Someone else with the same app, and a consent of his own."""

    def __init__(self, world):
        self.world = world
        self.open = []
        world.control("user", name="piet", divisions=100001)
        world.control("consent", user="piet")
        app = json.loads(world.control("apps"))["apps"][0]
        query = urllib.parse.urlencode(dict(
            client_id=app["client_id"], response_type="code",
            redirect_uri=REDIRECT, state="s"))
        code = urllib.parse.parse_qs(urllib.parse.urlsplit(world.consent(
            world.url + "/api/oauth2/auth?" + query)).query)["code"][0]
        world.control("consent", user="jan")
        reply = self.send("POST", "/api/oauth2/token", urllib.parse.urlencode(
            dict(grant_type="authorization_code", code=code,
                 client_id=app["client_id"],
                 client_secret=app["client_secret"],
                 redirect_uri=REDIRECT)),
            {"Content-Type": "application/x-www-form-urlencoded"})
        self.token = json.loads(reply[1])["access_token"]

    def send(self, method, path, body=None, headers={}):
        connection = http.client.HTTPConnection("127.0.0.1", self.world.port,
                                                timeout=60)
        connection.request(method, path, body, headers)
        reply = connection.getresponse()
        text = reply.read()
        connection.close()
        return reply.status, text

    def take(self, calls):
        """Sends them, and waits for no answer: time may be held. The server
        has counted them when they are in its log."""
        def seen():
            return len([request for request in self.world.requests()
                        if request.get("user") == "piet" and
                        request["division"]])
        goal = seen() + calls
        for _ in range(calls):
            connection = socket.create_connection(
                ("127.0.0.1", self.world.port), 60)
            connection.sendall((
                "GET /api/v1/100001/financial/Journals?$select=ID HTTP/1.1\r\n"
                "Host: sandbox\r\nAccept: application/json\r\n"
                "Authorization: Bearer %s\r\n\r\n" % self.token).encode())
            self.open.append(connection)
        self.world.until(lambda: seen() >= goal)

    def leave(self):
        for connection in self.open:
            connection.close()


class Division(WorldTest):
    def division(self, companies="a", entries=150, options=(), skew=0):
        """Companies on one division, with calls to make: 4 rows a page."""
        world = self.world(sandbox_options=["--page-size", "4"] +
                           list(options))
        world.control("skew", ms=skew)
        world.init()
        world.company(companies[0], division=100001)
        login = world.logins()[0]["id"]
        for name in companies[1:]:
            world.run("company", "add", name, "--name", name, "--region",
                      "nl", "--division", "100001", "--login", login)
        world.control("insert", division=100001, count=entries)
        return world

    def ours(self, world, since=0):
        return [request for request in world.requests(since)
                if request["division"] and request.get("user") == "jan"]

    def refused(self, world, since=0):
        return [request for request in self.ours(world, since)
                if request["status"] == 429]

    def when(self, world, calls, since=0):
        """Come back when so many calls were made."""
        world.until(lambda: len(self.ours(world)) >= since + calls)

    def busiest(self, world, period):
        """The most calls that the server saw in one of its periods."""
        count = {}
        for request in self.ours(world):
            key = request["t"] // period
            count[key] = count.get(key, 0) + 1
        return max(count.values())

    def done(self, world, process):
        world.finish(process)
        self.assertEqual(process.returncode, 0, process.out + process.err)
        return json.loads(process.out)


class TheLimits(Division):
    # ---- processes

    def test_processes_killed_within_calls_leave_the_others_their_quota(self):
        world = self.division("abc", options=["--latency", "300"])
        processes = {name: world.start("sync", name, "--json")
                     for name in "abc"}
        killed = 0
        for calls in (20, 50, 80, 110):
            self.when(world, calls)
            name = "ab"[killed % 2]
            processes[name].kill()
            processes[name].wait()
            killed += 1
            processes[name] = world.start("sync", name, "--json")
        for process in processes.values():
            self.done(world, process)
        self.assertEqual(self.refused(world), [])
        self.assertLessEqual(self.busiest(world, MINUTE), 60)
        self.assertEqual(world.live("a"), world.live("c"))
        self.assertEqual(world.live("b"), world.live("c"))
        # Counted too much at most: what the killed had under way.
        left = json.loads(world.run("status", "a", "--json").out)
        spent = 5000 - int(self.find(left, "dayLeft"))
        self.assertGreaterEqual(spent, len(self.ours(world)))
        self.assertLessEqual(spent, len(self.ours(world)) + 4 * killed)

    def find(self, value, name):
        """A member somewhere within."""
        if isinstance(value, dict):
            if name in value:
                return value[name]
            value = list(value.values())
        if isinstance(value, list):
            for item in value:
                found = self.find(item, name)
                if found is not None:
                    return found
        return None

    def test_any_latency_gives_the_same_records_and_no_refusal(self):
        first = None
        for latency in (0, 200, 5000, 30000):
            with self.subTest(latency=latency):
                world = self.division(entries=60, options=[
                    "--latency", str(latency)])
                since = len(world.requests())
                summary = world.sync("a")
                self.assertEqual(summary["state"], "done")
                self.assertEqual(self.refused(world), [])
                records = world.live("a")
                if first is None:
                    first = records
                self.assertEqual(self.shape(records), self.shape(first))
                # Each stream's calls are its own, at once or not.
                seen = {}
                for request in self.ours(world, since):
                    name = request["path"].split("?")[0].rsplit("/", 1)[1]
                    seen[name] = seen.get(name, 0) + 1
                for stream in summary["streams"]:
                    if stream["stream"] in seen and stream["stream"] != \
                            "Divisions":
                        self.assertEqual(stream["calls"],
                                         seen[stream["stream"]], summary)

    def shape(self, records):
        return {name: sorted(row["id"] for row in rows)
                for name, rows in records.items()}

    # ---- clocks

    def test_our_clock_may_jump_by_hours_or_over_midnight(self):
        for jump in (-7 * 3600 * 1000, 17 * 3600 * 1000, 40 * DAY):
            with self.subTest(jump=jump):
                world = self.division(entries=120)
                process = world.start("sync", "a", "--json")
                self.when(world, 70)
                with world.held():
                    # Ours alone: the server's stays where it was.
                    world.jump(jump)
                    world.control("skew", ms=-jump)
                self.done(world, process)
                self.assertEqual(self.refused(world), [])
                self.assertLessEqual(self.busiest(world, MINUTE), 60)
                left = world.sync("a")["dayLeft"]
                self.assertEqual(left, 5000 - len(self.ours(world)))

    def test_a_server_whose_clock_is_wrong_is_followed(self):
        for skew in (-3600 * 1000, 31 * 1000 + 777):
            with self.subTest(skew=skew):
                world = self.division(entries=120, skew=skew)
                world.advance(40 * 60 * 1000)
                self.assertEqual(world.sync("a")["state"], "done")
                self.assertEqual(self.refused(world), [])
                self.assertLessEqual(self.busiest(world, MINUTE), 60)

    def test_a_server_whose_clock_moves_in_mid_run_is_followed(self):
        for skew in (-90 * 1000, 25 * 1000):
            with self.subTest(skew=skew):
                world = self.division(entries=120)
                process = world.start("sync", "a", "--json")
                self.when(world, 90)
                with world.held():
                    world.control("skew", ms=skew)
                self.done(world, process)
                # Its windows broke under us: one may be met too early.
                self.assertLessEqual(len(self.refused(world)), 1)

    def test_the_day_ends_within_a_run_and_each_day_has_its_own_count(self):
        world = self.division(entries=220, options=[
            "--limits", "minute=60,day=100"])
        midnight = (WALL // DAY + 1) * DAY
        world.advance(midnight - world.now()[1] - 3 * MINUTE)
        summary = world.sync("a", expect=EXIT["parked"])
        self.assertEqual(summary["dayLeft"], 0)
        self.assertEqual(self.refused(world), [])
        resumes = summary["resumesAt"]
        self.assertTrue(resumes.startswith("2025-11-22T00:00:0"), resumes)
        # A run in the last minute waits for the day instead.
        world.advance(midnight - world.now()[1] - 20 * 1000)
        since = len(world.requests())
        world.sync("a", expect=EXIT["parked"])
        self.assertEqual(self.refused(world, since), [])
        self.assertEqual(self.busiest(world, DAY), 100)
        self.assertGreaterEqual(min(
            request["t"] for request in self.ours(world, since)), midnight)
        self.assertGreaterEqual(len(self.ours(world, since)), 90)

    def test_a_parked_run_that_comes_back_when_told_goes_on_at_once(self):
        world = self.division(entries=220)
        world.control("limits", day=100)
        summary = world.sync("a", expect=EXIT["parked"])
        resumes = summary["resumesAt"]
        self.assertTrue(resumes.startswith("2025-11-22T00:00:0"), resumes)
        at = (WALL // DAY + 1) * DAY + int(resumes[17:19]) * 1000
        world.advance(at - world.now()[1])
        since = len(world.requests())
        world.sync("a", expect=EXIT["parked"])
        self.assertEqual(self.refused(world, since), [])
        first = self.ours(world, since)[0]["t"]
        self.assertLess(first, at + 31 * 1000)

    # ---- limits and those who share them

    def test_limits_that_change_in_mid_run_are_kept(self):
        world = self.division(entries=250)
        process = world.start("sync", "a", "--json")
        self.when(world, 30)
        with world.held():
            world.control("limits", minute=20)
        self.when(world, 90)
        with world.held():
            world.control("limits", minute=60)
        self.when(world, 170)
        with world.held():
            # More than is configured is not taken.
            world.control("limits", minute=300, day=50000)
        self.done(world, process)
        # Lowered below what the minute has used: that one is told by a 429.
        self.assertLessEqual(len(self.refused(world)), 1)
        self.assertLessEqual(self.busiest(world, MINUTE), 60)

    def test_what_others_use_is_left_to_them(self):
        # With a latency, no call goes out while time is held.
        world = self.division(entries=400, options=["--latency", "50"])
        piet = Foreigner(world)
        self.addCleanup(piet.leave)
        process = world.start("sync", "a", "--json")
        for calls in (10, 70, 130, 190, 250):
            self.when(world, calls)
            with world.held():
                # All but two: those tell us what is left.
                minute = world.now()[1] // MINUTE
                used = [request for request in world.requests()
                        if request["division"] and
                        request["t"] // MINUTE == minute]
                piet.take(max(0, 58 - len(used)))
        self.done(world, process)
        self.assertEqual(self.refused(world), [])
        everyone = {}
        for request in world.requests():
            if request["division"]:
                minute = request["t"] // MINUTE
                everyone[minute] = everyone.get(minute, 0) + 1
        self.assertLessEqual(max(everyone.values()), 60)

    def test_others_who_take_the_whole_minute_cost_one_refusal_each_time(self):
        world = self.division(entries=600, options=["--latency", "50"])
        piet = Foreigner(world)
        self.addCleanup(piet.leave)
        process = world.start("sync", "a", "--json")
        for calls in (10, 100):
            self.when(world, calls)
            with world.held():
                piet.take(60)
        refused = self.refused
        self.when(world, 200)
        since = world.now()[0]
        before = len(self.ours(world))
        self.done(world, process)
        self.assertLessEqual(len(refused(world)), 2)
        # And it is as fast as before: a whole minute's calls at its start.
        minutes = (world.now()[0] - since) / MINUTE
        calls = len(self.ours(world)) - before
        self.assertGreater(calls, 60)
        self.assertLess(minutes, calls / 60 + 1)

    # ---- what the headers say, or don't

    def test_lies_about_resets_and_dates_break_nothing(self):
        for lie in ("reset-past", "reset-seconds", "reset-far", "no-rates",
                    "no-date", "date-garbage"):
            with self.subTest(lie=lie):
                world = self.division(entries=120)
                world.control("fault", name=lie, path="/api/v1/100001/",
                              count=-1)
                summary = world.sync("a")
                self.assertEqual(summary["state"], "done")
                self.assertEqual(self.refused(world), [])
                self.assertLessEqual(self.busiest(world, MINUTE), 60)

    def test_a_lie_about_the_days_reset_does_not_tell_when_to_come_back(self):
        for lie in ("reset-seconds", "reset-far"):
            with self.subTest(lie=lie):
                world = self.division(entries=220)
                world.control("limits", day=80)
                world.control("fault", name=lie, path="/api/v1/100001/",
                              count=-1)
                summary = world.sync("a", expect=EXIT["parked"])
                self.assertTrue(summary["resumesAt"].startswith(
                    "2025-11-22T00:00:0"), summary["resumesAt"])

    def test_one_bare_429_is_a_minute_and_a_second_one_an_hour(self):
        world = self.division(entries=60)
        world.control("fault", name="status-429", path=LINES, count=1,
                      after=5)
        began = world.now()[0]
        summary = world.sync("a")
        self.assertEqual(summary["state"], "done")
        self.assertEqual(summary["refused"], 1)
        self.assertGreaterEqual(world.now()[0] - began, MINUTE)

        world.control("fault", name="status-429", path=LINES, count=-1)
        summary = world.sync("a", expect=EXIT["failed"])
        streams = {stream["stream"]: stream for stream in summary["streams"]}
        self.assertEqual(summary["refused"], 2)
        self.assertEqual(streams["TransactionLines"]["state"], "failed")
        self.assertIn("not asked again before",
                      streams["TransactionLines"]["problem"])
        for name in ("GLAccounts", "Journals", "VATCodes", "Deleted"):
            self.assertEqual(streams[name]["state"], "done")
        # Within the hour nobody knocks again; after it, someone does.
        since = len(world.requests())
        world.advance(30 * MINUTE)
        world.sync("a", expect=EXIT["failed"])
        self.assertEqual([request for request in world.requests(since)
                          if LINES in request["path"]], [])
        world.control("fault", name="status-429", path=LINES, count=0)
        world.advance(31 * MINUTE)
        self.assertEqual(world.sync("a")["state"], "done")

    def test_a_storm_of_429_ends_and_the_login_lives(self):
        world = self.division(entries=60)
        world.control("fault", name="status-429", path="/api/v1/100001/",
                      count=-1)
        began = world.now()[0]
        world.run("sync", "a", "--json", expect=None)
        self.assertLess(world.now()[0] - began, 15 * MINUTE)
        self.assertLess(len(self.refused(world)), 12)
        self.assertEqual(world.logins()[0]["state"], "alive")
        world.control("fault", name="status-429", path="/api/v1/100001/",
                      count=0)
        world.advance(61 * MINUTE)
        self.assertEqual(world.sync("a")["state"], "done")


class TheToken(Division):
    """The token is refused in mid-run; the real keeper decides."""

    def mid_run(self, *options):
        world = self.division(entries=150, options=options)
        process = world.start("sync", "a", "--json")
        self.when(world, 20)
        return world, process

    def test_a_token_that_lives_30_seconds_is_renewed_in_mid_run(self):
        world = self.division(options=[
            "--token-life", "30", "--refresh-age", "1", "--latency", "900"])
        self.assertEqual(world.sync("a")["state"], "done")
        self.assertEqual(self.refused(world), [])
        self.assertEqual(world.logins()[0]["state"], "alive")
        errors = [request for request in self.ours(world)
                  if request["status"] == 401]
        refreshes = [request for request in world.requests()
                     if request.get("grant") == "refresh_token"]
        print("\n%d calls, %d refused tokens, %d refreshes" % (
            len(self.ours(world)), len(errors), len(refreshes)))

    def test_a_consent_revoked_in_mid_run_asks_for_a_person(self):
        world, process = self.mid_run()
        with world.held():
            world.control("revoke", user="jan", app="nl")
        world.finish(process)
        self.assertIn(process.returncode, (EXIT["sign_in"], EXIT["failed"]),
                      process.out + process.err)
        errors = [request for request in world.requests()
                  if request["status"] == 401]
        self.assertLessEqual(len(errors), 4)
        # Once the token is old enough, the refresh brings the truth.
        world.advance(11 * MINUTE)
        world.sync("a", expect=EXIT["sign_in"])
        self.assertEqual(world.logins()[0]["state"], "sign-in needed")
        # And a new consent goes on where it was.
        world.login("a")
        self.assertEqual(world.sync("a")["state"], "done")

    def test_a_user_deactivated_in_mid_run_is_named(self):
        world, process = self.mid_run()
        with world.held():
            world.control("deactivate", user="jan")
        world.finish(process)
        self.assertNotEqual(process.returncode, 0)
        self.assertIn("InactiveUser", process.out)
        self.assertLessEqual(len([
            request for request in world.requests()
            if request["status"] in (401, 403)]), 4)
        world.control("activate", user="jan")
        world.advance(11 * MINUTE)
        self.assertEqual(world.sync("a")["state"], "done")


if __name__ == "__main__":
    main()
