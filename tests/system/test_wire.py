"""What the wire can do: connections that close without a byte, lies with
status 200, outages. Nothing half-read is stored, nothing is sent twice in
silence."""
import unittest

from harness import EXIT, WorldTest, main


class TheWire(WorldTest):
    def synced(self, **options):
        world = self.world(**options)
        world.init()
        world.company("a", division=100001)
        return world

    def api(self, world, since, part):
        return [request for request in world.requests(since)
                if part in request["path"]]

    def test_a_refresh_without_a_reply_goes_out_once(self):
        world = self.synced()
        world.sync("a")
        world.advance(3600 * 1000)
        world.control("fault", name="no-reply", path="/api/oauth2/token",
                      count=1)
        since = len(world.requests())
        world.run("sync", "a", "--json", expect=None)
        requests = self.api(world, since, "/api/oauth2/token")
        # Once while the fault was on. What follows, 570 s later and with
        # the old token, is a new and deliberate attempt.
        first = requests[0]["t"]
        self.assertEqual([request for request in requests
                          if request["t"] < first + 500 * 1000],
                         requests[:1])

    def test_a_page_without_a_reply_is_counted_as_two(self):
        # The second page: it goes out on the connection of the first one.
        world = self.synced(sandbox_options=["--page-size", "60"])
        world.control("fault", name="no-reply",
                      path="sync/Financial/TransactionLines", count=1,
                      after=1)
        since = len(world.requests())
        summary = world.sync("a")
        self.assertEqual(summary["state"], "done")
        pages = [request["path"] for request in
                 self.api(world, since, "sync/Financial/TransactionLines")]
        self.assertGreater(len(pages), 3)
        self.assertEqual([path for path in pages if pages.count(path) > 1],
                         [pages[1], pages[1]])
        # libcurl sent the page again, on a connection used before.
        self.assertEqual(summary["retried"], 0)
        counted = [request for request in world.requests(since)
                   if request["division"]]
        self.assertEqual(summary["calls"] - summary["uncountedCalls"],
                         len(counted))
        self.assertEqual(summary["dayLeft"], 5000 - len(
            [request for request in world.requests()
             if request["division"]]))

    def test_lies_with_status_200_are_retried_and_never_stored(self):
        for fault in ("short-body", "truncate", "html-200", "empty"):
            with self.subTest(fault=fault):
                world = self.synced()
                world.control("fault", name=fault,
                              path="sync/Financial/TransactionLines",
                              count=1)
                summary = world.sync("a")
                self.assertEqual(summary["state"], "done")
                good = self.synced()
                good.sync("a")
                self.assertEqual(world.live("a"), good.live("a"))

    def test_a_stream_that_keeps_failing_fails_by_name_and_others_go_on(self):
        for fault in ("short-body", "html-200", "status-503", "status-403"):
            with self.subTest(fault=fault):
                world = self.synced()
                world.control("fault", name=fault, path="financial/Journals",
                              count=-1)
                summary = world.sync("a", expect=EXIT["failed"])
                streams = {stream["stream"]: stream
                           for stream in summary["streams"]}
                self.assertEqual(streams["Journals"]["state"], "failed")
                self.assertIn("Journals", streams["Journals"]["problem"])
                for name in ("GLAccounts", "TransactionLines", "Deleted"):
                    self.assertEqual(streams[name]["state"], "done", streams)
                self.assertTrue(world.export("a", "journalEntries"))
                self.assertEqual(world.export("a", "journals"), [])
                world.control("fault", name=fault, path="financial/Journals",
                              count=0)
                # An hour later it is whole.
                world.advance(2 * 3600 * 1000)
                self.assertEqual(world.sync("a")["state"], "done")
                self.assertTrue(world.export("a", "journals"))

    def test_a_token_that_takes_35_seconds_is_waited_for(self):
        world = self.synced()
        world.sync("a")
        world.advance(3600 * 1000)
        world.control("fault", name="slow-token", path="", count=1)
        self.assertEqual(world.sync("a")["state"], "done")
        self.assertEqual(world.logins()[0]["state"], "alive")

    def test_a_token_that_never_reached_us_is_told_as_such(self):
        world = self.world(sandbox_options=["--rotation", "strict"])
        world.init()
        world.company("a", division=100001)
        world.sync("a")
        world.advance(3600 * 1000)
        world.control("fault", name="token-lost", path="", count=1)
        # The run waits until the old token may be tried, 570 s later, and
        # Exact says that it is spent.
        world.run("sync", "a", "--json", expect=EXIT["sign_in"])
        login = world.logins()[0]
        self.assertEqual((login["state"], login["cause"]),
                         ("sign-in needed", "lost"))
        world.login("a")
        self.assertEqual(world.sync("a")["state"], "done")

    def test_an_empty_token_reply_does_not_end_the_login(self):
        world = self.synced()
        world.sync("a")
        world.advance(3600 * 1000)
        world.control("fault", name="empty-token", path="", count=1)
        world.run("sync", "a", "--json", expect=None)
        self.assertNotEqual(world.logins()[0]["state"], "sign-in needed")
        world.advance(3600 * 1000)
        self.assertEqual(world.sync("a")["state"], "done")


if __name__ == "__main__":
    main()
