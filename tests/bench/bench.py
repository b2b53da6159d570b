"""How fast a first sync is, and what memory it takes: real processes, the
sandbox's generated books (BENCH_SIZE, one or more of small, medium, large),
and the virtual clock, so that waiting for the quota takes no time.

Two rates, both honest and different. The connector's own is rows by its CPU
time (user and system, as the kernel counted them): the sandbox's work isn't
in it, and neither is waiting for the disk. The wall's has everything in it,
the sandbox too: it makes a page while the connector waits for it, so that the
two take turns and a second core helps little.
"""
import json
import os
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "system"))
import harness  # noqa: E402

PHASES = ("receive", "scan", "store", "derive", "other")
SAMPLE_S = 0.05


def high_water_mib(pid):
    with open("/proc/%d/status" % pid) as file:
        for line in file:
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) / 1024
    return None  # it has ended


def cpu_s(pid):
    with open("/proc/%d/stat" % pid) as file:
        fields = file.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def watch(process):
    """Wait for its end; ([VmHWM] over time, its resources used)."""
    marks = []
    while True:
        pid, status, usage = os.wait4(process.pid, os.WNOHANG)
        if pid:
            process.returncode = os.waitstatus_to_exitcode(status)
            return marks, usage
        mark = high_water_mib(process.pid)
        if mark:
            marks.append(mark)
        time.sleep(SAMPLE_S)


def rate(rows, seconds):
    return "%8.1f s %10s rows/s" % (seconds,
                                    "{:,.0f}".format(rows / seconds))


def bench(size):
    world = harness.World(sandbox_options=("--size", size))
    try:
        phases_file = os.path.join(world.dir, "phases")
        world.init()
        world.company("bench", 100002)  # behind the harness's own ledger
        sandbox_before = cpu_s(world.sandbox.pid)
        began = time.monotonic()
        process = world.start("sync", "bench", "--json",
                              env={"BENCH_PHASES": phases_file})
        marks, usage = watch(process)
        wall = time.monotonic() - began
        sandbox = cpu_s(world.sandbox.pid) - sandbox_before
        if process.returncode:
            sys.exit(world.output(process.log_name + ".err"))
        report = json.loads(world.output(process.log_name + ".out"))
        with open(phases_file) as file:
            ran = [json.loads(line) for line in file]
        phases = next(one for one in ran if one["pid"] == process.pid)
        database = os.path.getsize(os.path.join(world.state, "companies",
                                                "bench.db"))
    finally:
        os.remove(world.secrets)  # no search of a gigabyte for leaks
        world.close()
    rows = sum(stream["rows"] for stream in report["streams"])
    own = usage.ru_utime + usage.ru_stime
    print("%s: %s rows in %d calls, %d MiB of replies, a database of %d MiB"
          % (size, "{:,}".format(rows), report["calls"],
             report["bytes"] >> 20, database >> 20))
    print("  connector %s  (user %.1f s, system %.1f s)" % (
        rate(rows, own), usage.ru_utime, usage.ru_stime))
    print("  wall      %s  (sandbox: %.1f s of CPU; %d cores)" % (
        rate(rows, wall), sandbox, os.cpu_count()))
    for kind, more in (("cpu", ()), ("wall", ("wait",))):
        names = PHASES + more
        whole = sum(phases[name][kind] for name in names)
        print("  %-9s " % kind + "  ".join(
            "%s %.0f %%" % (name, 100 * phases[name][kind] / whole)
            for name in names))
    print("  VmHWM     " + "  ".join(
        "%d %%: %.1f" % (part, marks[(len(marks) - 1) * part // 100])
        for part in (10, 25, 50, 75)) + "  end: %.1f MiB" % (
            phases["vmhwm_kib"] / 1024), flush=True)


if __name__ == "__main__":
    harness.CONNECTOR = os.path.join(harness.BUILD, "bench-connector")
    for wanted in os.environ.get("BENCH_SIZE", "medium").split():
        bench(wanted)
