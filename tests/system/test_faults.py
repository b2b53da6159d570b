"""Every fault of the sandbox has an effect that is known: the records are
those of the run that nothing disturbed, or a stream fails by name and says
what to do. The login lives, except where the fault is its end.

One world holds a division for each fault, and a fault is met in its own
division alone; a second world is left in peace, for comparison."""
import json
import subprocess
import unittest

from harness import EXIT, OWN_LEDGER, SANDBOX, WorldTest, main

HOUR = 3600 * 1000
OVERLAP = 1000  # entries of two lines, more than connector/feed.h reads again
LINES = "sync/Financial/TransactionLines"

# name, list, count, after: the same run ends whole
HEALED = [
    ("no-reply", LINES, 1, 1),
    ("truncate", LINES, 1, 1),
    ("short-body", LINES, 1, 1),
    ("error-appended", LINES, 1, 1),
    ("empty", LINES, 1, 1),
    ("html-200", LINES, 1, 1),
    ("status-408", LINES, 1, 1),
    ("status-429", LINES, 1, 1),
    ("status-500", LINES, 1, 1),
    ("status-503", LINES, 1, 1),
    ("status-504", LINES, 1, 1),
    ("repeat-next", LINES, 1, 1),
    ("foreign-next", LINES, 1, 1),
    ("next-division", LINES, 1, 1),
    ("unordered", LINES, -1, 0),
    ("row-twice", LINES, -1, 0),
    ("reset-past", "", -1, 0),
    ("reset-seconds", "", -1, 0),
    ("reset-far", "", -1, 0),
    ("no-rates", "", -1, 0),
    ("no-date", "", -1, 0),
    ("date-garbage", "", -1, 0),
]

# name, list, count, after, words: that stream fails by name, and the run
# after the fault is whole
NAMED = [
    ("foreign-row", LINES, 1, 1, "division"),
    ("repeat-next", LINES, -1, 0, "read already"),
    ("foreign-next", LINES, -1, 0, "leads away"),
    ("next-division", LINES, -1, 0, "leads away from division"),
    ("no-reply", LINES, -1, 0, "connection was lost"),
    ("truncate", LINES, -1, 0, "before a whole answer came"),
    ("short-body", LINES, -1, 0, "cut off"),
    ("empty", LINES, -1, 0, "an empty answer"),
    ("error-appended", LINES, -1, 0, "not whole JSON"),
    ("html-200", LINES, -1, 0, "maintenance"),
    ("login-redirect", LINES, 1, 1, "redirect"),
    ("status-429", LINES, -1, 0, "not asked again before"),
    ("status-408", LINES, -1, 0, "later"),
    ("status-500", LINES, -1, 0, "later"),
    ("status-503", LINES, -1, 0, "later"),
    ("status-504", LINES, -1, 0, "later"),
]

# Exact's Reason beside a 403, and the remedy that the run must name. It ends
# the company, for now.
REASONS = [
    ("BlockedUser", "sign in as another user"),
    ("InactiveUser", "sign in as another user"),
    ("BlockedCustomer", "the customer settles that with Exact"),
    ("LicenseExpired", "the customer renews it with Exact"),
    ("DivisionBlocked", "ask its owner or Exact why"),
    ("NoDivisionAccess", "give the user access to the division"),
]


def streams(summary):
    return {stream["stream"]: stream for stream in summary["streams"]}


class Faults(WorldTest):
    def companies(self, count, options=()):
        world = self.world(ledgers=[OWN_LEDGER] * count,
                           sandbox_options=["--page-size", "60"] +
                           list(options))
        world.init()
        for i in range(count):
            args = [] if i == 0 else ["--login", world.logins()[0]["id"]]
            world.run("company", "add", "c%d" % i, "--name", "c", "--region",
                      "nl", "--division", str(100001 + i), *args)
            if i == 0:
                world.login("c0")
        return world

    def alive(self, world):
        self.assertEqual([login["state"] for login in world.logins()],
                         ["alive"])

    def set(self, world, i, name, path, count, after=0):
        world.control("fault", name=name, count=count, after=after,
                      path="/api/v1/%d/%s" % (100001 + i, path))

    def happened(self, world, name):
        return sum(fault["happened"] for fault in
                   json.loads(world.control("faults"))["faults"]
                   if fault["name"] == name)


class OneRun(Faults):
    def test_the_same_run_ends_with_the_records_of_an_undisturbed_one(self):
        world = self.companies(len(HEALED))
        good = self.companies(len(HEALED))
        for i, (name, path, count, after) in enumerate(HEALED):
            with self.subTest(fault=name, path=path):
                company = "c%d" % i
                self.set(world, i, name, path, count, after)
                self.assertEqual(world.sync(company)["state"], "done")
                self.assertGreater(self.happened(world, name), 0)
                self.set(world, i, name, path, 0)
                good.sync(company)
                self.assertEqual(world.live(company), good.live(company))
                self.alive(world)

    def test_a_stream_fails_by_name_and_the_next_run_is_whole(self):
        world = self.companies(len(NAMED))
        good = self.companies(len(NAMED))
        for i, (name, path, count, after, word) in enumerate(NAMED):
            with self.subTest(fault=name, path=path):
                company = "c%d" % i
                self.set(world, i, name, path, count, after)
                summary = world.sync(company, expect=EXIT["failed"])
                failed = {key: stream["problem"] for key, stream
                          in streams(summary).items()
                          if stream["state"] == "failed"}
                stream = path.rsplit("/", 1)[1]
                self.assertEqual(list(failed), [stream])
                self.assertIn(path, failed[stream])
                self.assertIn(word, failed[stream])
                self.set(world, i, name, path, 0)
                world.advance(2 * HOUR)
                self.assertEqual(world.sync(company)["state"], "done")
                good.sync(company)
                self.assertEqual(world.live(company), good.live(company))
                self.alive(world)


    def test_a_refusal_with_a_reason_ends_the_company_with_its_remedy(self):
        world = self.companies(len(REASONS))
        good = self.companies(len(REASONS))
        for i, (reason, remedy) in enumerate(REASONS):
            with self.subTest(reason=reason):
                company = "c%d" % i
                self.set(world, i, "reason-" + reason, LINES, 1, 1)
                since = len(world.requests())
                process = world.run("sync", company, expect=EXIT["failed"])
                self.assertIn(reason, process.err)
                self.assertIn(remedy, process.err)
                # Nothing more was asked of that company.
                self.assertEqual(world.requests(since)[-1]["status"], 403)
                self.alive(world)
                self.assertEqual(world.sync(company)["state"], "done")
                good.sync(company)
                self.assertEqual(world.live(company), good.live(company))


class OtherWorlds(Faults):
    def test_a_fault_may_be_set_at_the_start_and_for_one_user(self):
        world = self.companies(1, ["--fault", "status-503:%s:2:1" % LINES])
        self.assertEqual(world.sync("c0")["state"], "done")
        self.assertEqual(self.happened(world, "status-503"), 2)
        world.control("user", name="piet", divisions=100001)
        for user, expect in (("piet", "done"), ("jan", "failed")):
            world.control("fault", name="html-200", path=LINES, count=-1,
                          user=user)
            self.assertEqual(world.sync("c0", expect=EXIT[expect])["state"],
                             expect)
            world.control("fault", name="html-200", path=LINES, count=0,
                          user=user)
        for bad in ("nothing", "html-200:x:y", "html-200:x:1:2:3"):
            process = subprocess.run(
                [SANDBOX, "--fault", bad], env=world.env, timeout=60,
                stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
            self.assertEqual(process.returncode, 1)
            self.assertIn("--fault " + bad, process.stderr)

    def test_token_replies_that_are_lost_late_or_empty(self):
        good = self.companies(1)
        good.sync("c0")
        # One is waited for 35 s, the other asked for again 570 s later: the
        # same run is whole.
        for name, waited in (("slow-token", 35), ("empty-token", 570)):
            with self.subTest(fault=name):
                world = self.companies(1)
                world.advance(HOUR)
                world.control("fault", name=name, count=1)
                began = world.now()[0]
                self.assertEqual(world.sync("c0")["state"], "done")
                self.assertGreaterEqual(world.now()[0] - began, waited * 1000)
                self.assertEqual(self.happened(world, name), 1)
                self.assertEqual(world.live("c0"), good.live("c0"))
                self.alive(world)
        # The new pair never came, and the old one is dead: its end.
        for name in ("token-lost", "empty-token-lost"):
            with self.subTest(fault=name):
                world = self.companies(1)
                world.advance(HOUR)
                world.control("fault", name=name, count=1)
                process = world.run("sync", "c0", expect=EXIT["sign_in"])
                self.assertIn("never got to our disk", process.err)
                self.assertIn("Sign in again", process.err)
                login = world.logins()[0]
                self.assertEqual((login["state"], login["cause"]),
                                 ("sign-in needed", "lost"))
                world.login("c0")
                self.assertEqual(world.sync("c0")["state"], "done")
                self.assertEqual(world.live("c0"), good.live("c0"))
                self.alive(world)

    def test_a_servers_clock_that_is_off_changes_nothing(self):
        good = self.companies(1)
        good.sync("c0")
        # In mid-run, and from the start.
        for name, options, after in (
                ("clock-120s", [], 1),
                ("clock-120s", ["--fault", "clock-120s"], 0),
                ("clock-1h", ["--fault", "clock-1h"], 0)):
            with self.subTest(fault=name, options=options):
                world = self.companies(1, options)
                if not options:
                    world.control("fault", name=name, path=LINES, after=after)
                self.assertEqual(world.sync("c0")["state"], "done")
                self.assertEqual(self.happened(world, name), 1)
                self.assertEqual(world.live("c0"), good.live("c0"))
                self.assertEqual(world.sync("c0")["state"], "done")
                self.assertNotIn(429, [request["status"]
                                       for request in world.requests()])
                self.alive(world)

    def test_a_servers_clock_that_jumps_an_hour_costs_the_run_not_the_login(
            self):
        # To the server every token has expired, to us none has: the run ends
        # with the company's name, and the next refresh mends it.
        world, good = self.companies(1), self.companies(1)
        good.sync("c0")
        world.control("fault", name="clock-1h", path=LINES, after=1)
        process = world.run("sync", "c0", expect=EXIT["failed"])
        self.assertIn("refuses the token", process.err)
        self.alive(world)
        world.advance(HOUR)
        self.assertEqual(world.sync("c0")["state"], "done")
        self.assertEqual(world.live("c0"), good.live("c0"))
        self.alive(world)

    def test_one_401_with_html_costs_one_call_and_no_login(self):
        world, good = self.companies(1), self.companies(1)
        calls = good.sync("c0")["calls"]
        world.control("fault", name="status-401", path=LINES, after=1)
        summary = world.sync("c0")
        self.assertEqual(summary["state"], "done")
        self.assertEqual(summary["calls"], calls + 1)
        self.assertEqual(self.happened(world, "status-401"), 1)
        self.assertEqual([request for request in world.requests()
                          if request.get("grant") == "refresh_token"], [])
        self.assertEqual(world.live("c0"), good.live("c0"))
        self.alive(world)

    def test_a_young_token_refused_twice_ends_the_company_not_the_login(self):
        world, good = self.companies(1), self.companies(1)
        good.sync("c0")
        world.control("fault", name="status-401", path=LINES, count=2, after=1)
        process = world.run("sync", "c0", expect=EXIT["failed"])
        self.assertIn("check that its user is still active", process.err)
        self.alive(world)
        world.advance(HOUR)
        self.assertEqual(world.sync("c0")["state"], "done")
        self.assertEqual(world.live("c0"), good.live("c0"))
        self.alive(world)

    def test_a_token_just_refreshed_and_refused_is_the_end_of_the_login(self):
        world = self.companies(1)
        world.control("fault", name="status-401", path=LINES, count=-1)
        world.run("sync", "c0", expect=EXIT["failed"])
        self.alive(world)
        world.advance(HOUR)
        process = world.run("sync", "c0", expect=EXIT["sign_in"])
        self.assertIn("just refreshed", process.err)
        self.assertIn("sign in again", process.err)
        login = world.logins()[0]
        self.assertEqual((login["state"], login["cause"]),
                         ("sign-in needed", "revoked"))
        world.control("fault", name="status-401", path=LINES, count=0)
        world.login("c0")
        self.assertEqual(world.sync("c0")["state"], "done")

    def test_rows_that_change_between_pages_arrive_as_they_are_at_last(self):
        world = self.companies(1)
        world.control("fault", name="rows-change", path=LINES, after=2)
        self.assertEqual(world.sync("c0")["state"], "done")
        self.assertEqual(self.happened(world, "rows-change"), 1)
        world.sync("c0")
        before = world.live("c0")
        world.sync("c0", "--full")
        self.assertEqual(world.live("c0"), before)

    def test_a_row_that_is_seen_late_arrives(self):
        # Within a page, at its old version …
        world, good = self.companies(1), self.companies(1)
        good.sync("c0")
        world.control("fault", name="late-row", path=LINES, after=1)
        self.assertEqual(world.sync("c0")["state"], "done")
        self.assertEqual(self.happened(world, "late-row"), 1)
        self.assertNotEqual(world.live("c0"), good.live("c0"))
        self.assertEqual(world.sync("c0")["state"], "done")
        self.assertEqual(world.live("c0"), good.live("c0"))
        self.alive(world)
        # … and a whole entry, whose page was the last.
        world = self.companies(1)
        world.control("hold", division=100001, count=1)
        world.control("insert", division=100001, count=3)
        world.sync("c0")
        count = len(world.export("c0", "journalEntries"))
        world.control("show", division=100001)
        world.sync("c0")
        self.assertEqual(len(world.export("c0", "journalEntries")), count + 1)

    def test_an_empty_list_where_there_are_rows_removes_nothing(self):
        world, good = self.companies(1), self.companies(1)
        good.sync("c0")
        # Within a chain it looks like the end: the next run goes on there.
        world.control("fault", name="empty-list", path=LINES, after=2)
        world.sync("c0")
        self.assertEqual(self.happened(world, "empty-list"), 1)
        world.sync("c0")
        self.assertEqual(world.live("c0"), good.live("c0"))
        # From its start it is not believed.
        for more in ([], ["--full"]):
            world.control("fault", name="empty-list", path=LINES, count=-1)
            summary = world.sync("c0", *more, expect=EXIT["failed"])
            problem = streams(summary)["TransactionLines"]["problem"]
            self.assertIn("nothing was removed", problem)
            self.assertIn("financial.accounting", problem)
            self.assertEqual(world.live("c0"), good.live("c0"))
            world.control("fault", name="empty-list", path=LINES, count=0)
            self.assertEqual(world.sync("c0")["state"], "done")
        self.alive(world)

    def test_rights_taken_in_mid_run_fail_that_stream_with_the_remedy(self):
        world, good = self.companies(1), self.companies(1)
        good.sync("c0")
        world.control("fault", name="rights-lost", path=LINES, after=1)
        summary = world.sync("c0", expect=EXIT["failed"])
        stream = streams(summary)["TransactionLines"]
        self.assertEqual(stream["state"], "failed")
        self.assertIn("an administrator of the company grants",
                      stream["problem"])
        self.assertEqual(streams(summary)["GLAccounts"]["state"], "done")
        self.alive(world)
        world.control("rights", user="jan", scope="financial.accounting",
                      take=0)
        self.assertEqual(world.sync("c0")["state"], "done")
        self.assertEqual(world.live("c0"), good.live("c0"))

    def test_a_consent_revoked_in_mid_run_is_the_logins_end_and_says_so(self):
        world, good = self.companies(1), self.companies(1)
        good.sync("c0")
        world.control("fault", name="consent-revoked", path=LINES, after=1)
        process = world.run("sync", "c0", expect=EXIT["failed"])
        self.assertIn("check that its user is still active", process.err)
        world.advance(HOUR)
        process = world.run("sync", "c0", expect=EXIT["sign_in"])
        self.assertIn("a consent taken back", process.err)
        self.assertIn("Sign in again", process.err)
        self.assertEqual(world.logins()[0]["state"], "sign-in needed")
        world.login("c0")
        self.assertEqual(world.sync("c0")["state"], "done")
        self.assertEqual(world.live("c0"), good.live("c0"))


class Verdicts(Faults):
    def asked(self, world, since):
        return [request["path"] for request in world.requests(since)
                if LINES in request["path"]]

    def test_another_user_takes_over_when_one_left_and_nothing_is_reread(self):
        world = self.companies(1)
        # Enough for an overlap that does not reach back to the beginning.
        world.control("insert", division=100001, count=OVERLAP)
        world.sync("c0")
        world.advance(HOUR)
        world.sync("c0")
        world.advance(HOUR)
        since = len(world.requests())
        world.sync("c0")
        usual = self.asked(world, since)
        self.assertNotIn("Timestamp%20gt%200L", usual[0])
        before = world.live("c0")
        world.control("fault", name="user-gone", path="/api/v1/", count=1)
        process = world.run("sync", "c0", expect=EXIT["failed"])
        self.assertIn("sign in as another user", process.err)
        world.control("user", name="piet", divisions=100001)
        world.control("consent", user="piet")
        world.login("c0")
        since = len(world.requests())
        summary = world.sync("c0")
        self.assertEqual(summary["state"], "done")
        for name, stream in streams(summary).items():
            self.assertEqual(stream["changed"], 0, name)
        # What any further run asks, from the same place.
        self.assertEqual(self.asked(world, since), usual)
        self.assertEqual({request["user"] for request in world.requests(since)
                          if request["division"]}, {"piet"})
        self.assertEqual(world.live("c0"), before)

    def test_eleven_runs_against_a_refused_list_make_fewer_than_ten_errors(
            self):
        world = self.companies(1)
        world.sync("c0")
        world.control("rights", user="jan", scope="financial.accounting",
                      take=1)
        since = len(world.requests())
        for _ in range(11):
            summary = world.sync("c0", expect=EXIT["failed"])
            world.advance(60 * 1000)
        problem = streams(summary)["TransactionLines"]["problem"]
        self.assertIn("not asked again before", problem)
        world.run("scopes", "check", "c0", expect=None)

        def errors():
            return [request for request in world.requests(since)
                    if LINES in request["path"] and request["status"] in
                    (400, 401, 403, 404, 429)]
        self.assertGreater(len(errors()), 5)
        self.assertLess(len(errors()), 10)
        self.assertNotIn(429, [request["status"] for request in errors()])
        self.alive(world)
        # The right is back, and the hour over: it is whole.
        world.control("rights", user="jan", scope="financial.accounting",
                      take=0)
        world.advance(HOUR)
        self.assertEqual(world.sync("c0")["state"], "done")


if __name__ == "__main__":
    main()
