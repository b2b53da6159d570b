"""200 calls against the real limits on the real clock: how long, beside the
optimum, and how many were refused. Takes three to four minutes."""
import os
import sys
import time
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)),
                                "..", "system"))
from harness import WorldTest  # noqa: E402


class TheRealClock(WorldTest):
    def test_200_calls_at_60_a_minute(self):
        world = self.world(virtual=False, sandbox_options=["--page-size",
                                                           "100"])
        world.init()
        world.company("a", division=100001)
        # Rows for 200 calls in all, after what the sign-in took.
        world.control("insert", division=100001, count=9690)
        world.sync("a", "--data-types", "chartOfAccounts")
        time.sleep(61 - time.time() % 60)  # a fresh minute: phase 1 s
        phase = time.time() % 60
        since = len(world.requests())
        began = time.time()
        summary = world.sync("a", "--data-types", "journalEntries")
        took = time.time() - began
        counted = [request for request in world.requests(since)
                   if request["division"]]
        calls = len(counted)
        refused = [request for request in counted if request["status"] == 429]
        optimum = 0 if calls <= 60 else (60 - phase) + (
            -(-calls // 60) - 2) * 60
        print("\n%d calls, %d refused, %.1f s; the optimum from phase %.1f s "
              "is %.1f s" % (calls, len(refused), took, phase, optimum))
        self.assertEqual(refused, [])
        self.assertEqual(summary["refused"], 0)
        self.assertGreaterEqual(calls, 195)


if __name__ == "__main__":
    unittest.main(verbosity=2)
