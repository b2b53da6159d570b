"""What is not known of Exact, in each of its readings: whichever it is, the
records are right, or a stream fails by name, and the login lives."""
import unittest

from harness import EXIT, WorldTest, main

HOUR = 3600 * 1000
LINES = "sync/Financial/TransactionLines"


class Readings(WorldTest):
    def company(self, *options, ledgers=None):
        world = self.world(ledgers=ledgers, sandbox_options=list(options))
        world.init()
        world.company("a", division=100001)
        return world

    def test_a_deletion_may_name_each_line_or_the_entry_once(self):
        deleted = {}
        for reading in ("line", "header"):
            with self.subTest(deleted_key=reading):
                world = self.company("--deleted-key", reading, "--page-size",
                                     "60")
                world.sync("a")
                before = world.live("a")
                world.control("delete", division=100001,
                              entity="TransactionLines", count=3)
                self.assertEqual(world.sync("a")["state"], "done")
                deleted[reading] = world.live("a")
                self.assertNotEqual(deleted[reading], before)
                gone = [row for row in deleted[reading]["journalEntries"]
                        if row["metadata"]["isDeleted"]]
                self.assertEqual(len(gone), 3)
                # Reading everything again finds nothing to correct.
                world.sync("a", "--full")
                self.assertEqual(world.live("a"), deleted[reading])
        self.assertEqual(deleted["line"], deleted["header"])

    def test_a_blocked_list_may_answer_429_with_or_without_quota_or_403(self):
        for reading in ("429", "429-rates", "403"):
            with self.subTest(blocked_status=reading):
                world = self.company("--blocked-status", reading,
                                     "--error-limit", "3")
                world.sync("a")
                world.control("rights", user="jan",
                              scope="financial.accounting", take=1)
                for _ in range(3):
                    world.sync("a", expect=EXIT["failed"])
                since = len(world.requests())
                summary = world.sync("a", expect=EXIT["failed"])
                asked = [request["status"] for request
                         in world.requests(since) if LINES in request["path"]]
                # Blocked it is; and it is not hammered at.
                self.assertEqual(set(asked), {int(reading[:3])})
                self.assertLessEqual(len(asked), 3)
                failed = {stream["stream"]: stream["problem"]
                          for stream in summary["streams"]
                          if stream["state"] == "failed"}
                self.assertIn(LINES, failed["TransactionLines"])
                self.assertEqual([login["state"] for login
                                  in world.logins()], ["alive"])
                world.control("rights", user="jan",
                              scope="financial.accounting", take=0)
                world.advance(2 * HOUR)
                self.assertEqual(world.sync("a")["state"], "done")


if __name__ == "__main__":
    main()
