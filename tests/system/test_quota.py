"""The quota, from the sandbox's side: it never refuses."""
import json
import unittest

from harness import EXIT, WorldTest, main


class TheQuota(WorldTest):
    def refused(self, world):
        return [request for request in world.requests()
                if request["status"] == 429]

    def test_five_thousand_calls_in_virtual_time_and_none_is_refused(self):
        # Pages of 4 rows: 20,000 lines are 5,000 calls, 84 minutes and more.
        world = self.world(sandbox_options=["--page-size", "4"])
        world.init()
        world.company("a", division=100001)
        world.control("insert", division=100001, count=10000)
        began = world.now()[0]
        process = world.run("sync", "a", "--json", expect=EXIT["parked"])
        summary = json.loads(process.out)
        counted = [request for request in world.requests()
                   if request["division"]]
        minutes = (world.now()[0] - began) / 60000
        print("\n%d calls in %.1f virtual minutes (optimum %.1f), %d refused"
              % (len(counted), minutes, (5000 / 60) - 1,
                 len(self.refused(world))))
        self.assertEqual(len(counted), 5000)
        self.assertEqual(self.refused(world), [])
        self.assertEqual(summary["refused"], 0)
        self.assertLess(minutes, 5000 / 60 + 2)
        # Parked: told until when, and then it goes on where it was.
        self.assertIn("resumesAt", summary)
        self.assertEqual(summary["dayLeft"], 0)
        parked = len(world.requests())
        world.run("sync", "a", expect=EXIT["parked"])
        self.assertEqual([request for request in world.requests(parked)
                          if request["division"]], [])
        world.advance(24 * 3600 * 1000)
        self.assertEqual(world.sync("a")["state"], "done")
        self.assertEqual(self.refused(world), [])

    def test_two_processes_on_one_division_stay_below_the_limit(self):
        world = self.world(sandbox_options=["--page-size", "4"])
        world.init()
        world.company("a", division=100001)
        login = world.logins()[0]["id"]
        world.run("company", "add", "b", "--name", "b", "--region", "nl",
                  "--division", "100001", "--login", login)
        world.control("insert", division=100001, count=200)
        processes = [world.start("sync", company, "--json")
                     for company in "ab"]
        for process in processes:
            self.assertEqual(world.finish(process).returncode, 0, process.err)
        self.assertEqual(self.refused(world), [])
        minutes = {}
        for request in world.requests():
            if request["division"]:
                minute = request["t"] // 60000
                minutes[minute] = minutes.get(minute, 0) + 1
        self.assertLessEqual(max(minutes.values()), 60)
        self.assertEqual(world.live("a"), world.live("b"))


if __name__ == "__main__":
    main()
