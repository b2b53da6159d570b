"""What the owner of a company's file may do to it, and what a sync makes of
that: locked, read, copied, restored, cut, too new, no room to grow."""
import os
import resource
import shutil
import sqlite3
import subprocess
import unittest

from harness import CONNECTOR, EXIT, WorldTest, main


class TheOwner(WorldTest):
    def set_up(self):
        world = self.world()
        world.init()
        world.company("alpha", division=100001)
        world.sync("alpha")
        return world, os.path.join(world.state, "companies", "alpha.db")

    def edit(self, world):
        world.control("insert", division=100001, count=20)
        world.control("change", division=100001, entity="TransactionLines",
                      count=30)
        world.control("delete", division=100001, entity="TransactionLines",
                      count=5)

    @staticmethod
    def alive(world):
        return {data_type: [row for row in rows
                            if not row["metadata"]["isDeleted"]]
                for data_type, rows in world.live("alpha").items()}

    def test_an_owner_who_writes_is_named_and_one_who_reads_is_no_hindrance(
            self):
        world, path = self.set_up()
        owner = sqlite3.connect(path, isolation_level=None)
        self.addCleanup(owner.close)
        owner.execute("BEGIN EXCLUSIVE")
        process = world.run("sync", "alpha", expect=EXIT["store"])
        self.assertIn("locked by another program", process.err)
        owner.execute("ROLLBACK")
        owner.execute("BEGIN")
        before = owner.execute("SELECT count(*) FROM journal_entries"
                               ).fetchone()
        self.edit(world)
        world.sync("alpha")
        # The owner's view stands still until the transaction ends.
        self.assertEqual(owner.execute(
            "SELECT count(*) FROM journal_entries").fetchone(), before)
        owner.execute("ROLLBACK")
        self.assertNotEqual(owner.execute(
            "SELECT count(*) FROM journal_entries").fetchone(), before)

    def test_a_restored_older_copy_catches_up(self):
        world, path = self.set_up()
        shutil.copy(path, path + ".kept")
        self.edit(world)
        world.sync("alpha")
        newer = world.live("alpha")
        shutil.copy(path + ".kept", path)
        world.sync("alpha")
        self.assertEqual(world.live("alpha"), newer)

    def test_a_cut_or_newer_file_is_refused_by_name_and_left_alone(self):
        world, path = self.set_up()
        shutil.copy(path, path + ".kept")
        os.truncate(path, 50000)
        process = world.run("sync", "alpha", expect=EXIT["store"])
        self.assertIn("damaged", process.err)
        self.assertEqual(os.path.getsize(path), 50000)
        shutil.copy(path + ".kept", path)
        with sqlite3.connect(path) as owner:
            owner.execute("PRAGMA user_version = 99")
        owner.close()
        for command in (("sync", "alpha"),
                        ("export", "alpha", "journalEntries")):
            process = world.run(*command, expect=EXIT["store"])
            self.assertIn("upgrade this program", process.err)

    def test_a_limit_on_file_sizes_is_told_and_the_next_run_is_whole(self):
        world, path = self.set_up()
        whole = self.alive(world)
        for kilobytes in (60, 200, 400):
            for name in (path, path + "-wal", path + "-shm"):
                if os.path.exists(name):
                    os.unlink(name)
            limit = kilobytes * 1024
            process = subprocess.run(
                [CONNECTOR, "--state", world.state, "sync", "alpha"],
                env=world.env, capture_output=True, text=True,
                preexec_fn=lambda: resource.setrlimit(
                    resource.RLIMIT_FSIZE, (limit, limit)))
            self.assertEqual(process.returncode, EXIT["store"],
                             (kilobytes, process.stderr))
            self.assertIn("ulimit -f", process.stderr)
            world.sync("alpha")
            self.assertEqual(self.alive(world), whole)

    def test_an_export_to_a_full_disk_fails(self):
        world, _ = self.set_up()
        process = subprocess.run(
            ["sh", "-c", "%s --state %s export alpha journalEntries "
             "> /dev/full" % (CONNECTOR, world.state)],
            env=world.env, capture_output=True, text=True)
        self.assertEqual(process.returncode, EXIT["store"], process.stderr)
        self.assertIn("standard output", process.stderr)


if __name__ == "__main__":
    main()
