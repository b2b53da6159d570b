"""Real processes on one virtual clock: exact-sandbox, exact-connector, and
what a test needs to drive and watch them. Nothing here shares code with the
programs.

A World is one temporary folder: a clock file, a sandbox, a state directory,
and every output of every process that ran, so that the leak search at the
end covers them all.
"""
import base64
import contextlib
import ctypes
import http.client
import json
import os
import shutil
import signal
import sqlite3
import subprocess
import tempfile
import time
import unittest
import urllib.parse

LIBC = ctypes.CDLL(None)


def die_with_the_test():
    """In the child: a test that is killed leaves no sandbox behind, whose
    virtual clock would turn without end (PR_SET_PDEATHSIG)."""
    LIBC.prctl(1, signal.SIGKILL)


TOP = os.environ.get("top_srcdir", os.getcwd())
BUILD = os.environ.get("top_builddir", os.getcwd())
CONNECTOR = os.path.join(BUILD, "exact-connector")
SANDBOX = os.path.join(BUILD, "exact-sandbox")
CLOCK = os.path.join(BUILD, "exact-clock")
SAMPLES = os.path.join(TOP, "..", "shared", "samples")
OWN_LEDGER = os.environ.get("OWN_LEDGER") or os.path.join(
    TOP, "tests", "data", "ledger",
    "852963701FEC20251231.txt")
WALL = 1763712000000  # 2025-11-21T08:00:00Z

EXIT = dict(done=0, failed=1, usage=2, config=3, sign_in=4, parked=5, busy=6,
            store=7, interrupted=8)


def real_ledgers():
    folder = os.path.join(SAMPLES, "ledger")
    names = ["000000001FEC20220831.txt", "111111111FEC20221231.txt"]
    paths = [os.path.join(folder, name) for name in names]
    if not all(os.path.exists(path) for path in paths):
        raise unittest.SkipTest("the sample ledgers are not beside the project")
    return paths


class World:
    timeout = 300  # seconds for a command, where none are given

    def __init__(self, ledgers=None, sandbox_options=(), virtual=True,
                 auto_consent=True, start=True):
        self.dir = tempfile.mkdtemp(prefix="exact-")
        self.state = os.path.join(self.dir, "state")
        self.clock = os.path.join(self.dir, "clock")
        self.log = os.path.join(self.dir, "sandbox.log")
        self.secrets = os.path.join(self.dir, "secrets")
        self.outputs = os.path.join(self.dir, "outputs")
        os.mkdir(self.outputs)
        self.ran = 0
        self.env = dict(os.environ)
        self.env["ASAN_OPTIONS"] = self.env.get(
            "ASAN_OPTIONS", "") + ":disable_coredump=1"
        if virtual:
            subprocess.run([CLOCK, "create", self.clock, str(WALL)],
                           check=True)
            self.env["EXACT_CLOCK"] = self.clock
        self.ledgers = ledgers or [OWN_LEDGER]
        self.sandbox_options = list(sandbox_options)
        if auto_consent:
            self.sandbox_options.append("--auto-consent")
        self.sandbox = None
        if start:
            self.start_sandbox()

    # ---- the sandbox

    def start_sandbox(self):
        url_file = os.path.join(self.dir, "url")
        args = [SANDBOX, "--listen", "127.0.0.1:0", "--url-file", url_file,
                "--log", self.log, "--secrets", self.secrets, "--seed", "1"]
        for ledger in self.ledgers:
            args += ["--ledger", ledger]
        out = open(os.path.join(self.outputs, "sandbox"), "wb")
        self.sandbox = subprocess.Popen(args + self.sandbox_options, stdout=out,
                                        stderr=out, env=self.env,
                                        preexec_fn=die_with_the_test)
        out.close()
        for _ in range(60000):
            if os.path.exists(url_file):
                break
            if self.sandbox.poll() is not None:
                raise AssertionError("the sandbox ended: " + self.output(
                    "sandbox"))
            time.sleep(0.002)
        with open(url_file) as file:
            self.url = file.read().strip()
        self.port = int(self.url.rsplit(":", 1)[1])

    def control(self, what, **values):
        """POST /control/WHAT?…; the reply's text."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port,
                                                timeout=60)
        connection.request("POST", "/control/" + what + "?" +
                           urllib.parse.urlencode(values))
        reply = connection.getresponse()
        text = reply.read().decode()
        connection.close()
        if reply.status != 200:
            raise AssertionError("control %s: %d %s" % (what, reply.status,
                                                        text))
        return text

    def requests(self, since=0):
        with open(self.log) as file:
            # The last line may be half written yet.
            return [json.loads(line) for line in file
                    if line.endswith("\n")][since:]

    def output(self, name):
        with open(os.path.join(self.outputs, name), errors="replace") as file:
            return file.read()

    # ---- the clock

    def now(self):
        """(boot ms, wall ms) of the virtual clock."""
        text = subprocess.run([CLOCK, "now", self.clock], check=True,
                              capture_output=True, text=True).stdout
        return tuple(int(word) for word in text.split())

    def advance(self, ms):
        subprocess.run([CLOCK, "advance", self.clock, str(ms)], check=True,
                       stdout=subprocess.DEVNULL)

    def jump(self, ms):
        """The wall clock alone."""
        subprocess.run([CLOCK, "jump", self.clock, str(ms)], check=True,
                       stdout=subprocess.DEVNULL)

    def reboot(self):
        subprocess.run([CLOCK, "reboot", self.clock], check=True,
                       stdout=subprocess.DEVNULL)

    @contextlib.contextmanager
    def held(self):
        """Time stands still inside: for what a person would do while the
        programs wait."""
        holder = subprocess.Popen([CLOCK, "hold", self.clock],
                                  stdout=subprocess.PIPE)
        holder.stdout.readline()
        try:
            yield
        finally:
            holder.kill()
            holder.wait()
            holder.stdout.close()

    def until(self, condition):
        """Look until it is so; the programs run meanwhile."""
        for _ in range(20000):
            found = condition()
            if found:
                return found
            time.sleep(0.002)
        raise AssertionError("it never came to that")

    # ---- the connector

    def start(self, *args, stdin=None, env=None):
        self.ran += 1
        name = "%04d-%s" % (self.ran, args[0])
        out = open(os.path.join(self.outputs, name + ".out"), "wb")
        err = open(os.path.join(self.outputs, name + ".err"), "wb")
        full = dict(self.env)
        full.update(env or {})
        process = subprocess.Popen(
            [CONNECTOR, "--state", self.state] + list(args), stdout=out,
            stderr=err, env=full,
            stdin=subprocess.PIPE if stdin is not None else subprocess.DEVNULL)
        out.close()
        err.close()
        process.log_name = name
        if stdin is not None:
            process.stdin.write(stdin.encode())
            process.stdin.close()
        return process

    def finish(self, process, timeout=None):
        process.wait(timeout or self.timeout)
        process.out = self.output(process.log_name + ".out")
        process.err = self.output(process.log_name + ".err")
        return process

    def run(self, *args, stdin=None, env=None, expect=0):
        process = self.finish(self.start(*args, stdin=stdin, env=env))
        if expect is not None and process.returncode != expect:
            raise AssertionError("%s: exit %d, not %s\n%s%s" % (
                " ".join(args), process.returncode, expect, process.out,
                process.err))
        return process

    def init(self):
        self.run("init", "--sandbox", self.url)

    def consent(self, url):
        """Be the browser: open the sign-in address, say yes, and give back
        the address it was sent to."""
        parts = urllib.parse.urlsplit(url)
        connection = http.client.HTTPConnection(parts.hostname, parts.port,
                                                timeout=60)
        connection.request("GET", parts.path + "?" + parts.query)
        reply = connection.getresponse()
        reply.read()
        connection.close()
        if reply.status != 302:
            raise AssertionError("no redirect but %d" % reply.status)
        return reply.getheader("Location")

    def login(self, company, expect=0):
        url = self.run("login", company, "--url").out.strip().splitlines()[-1]
        return self.run("login", company, "--callback",
                        stdin=self.consent(url) + "\n", expect=expect)

    def company(self, name, division=None, region="nl", login=True):
        args = ["company", "add", name, "--name", name.title(), "--region",
                region]
        if division is not None:
            args += ["--division", str(division)]
        self.run(*args)
        if login:
            self.login(name)

    def sync(self, company, *args, expect=0, env=None):
        process = self.run("sync", company, "--json", *args, expect=expect,
                           env=env)
        return json.loads(process.out) if process.out else None

    def logins(self):
        return json.loads(self.run("logins", "--json").out)["logins"]

    def export(self, company, data_type, *args):
        text = self.run("export", company, data_type, *args).out
        return [json.loads(line, parse_float=str)
                for line in text.splitlines()]

    def database(self, company):
        path = os.path.join(self.state, "companies", company + ".db")
        return sqlite3.connect("file:%s?mode=ro" % path, uri=True)

    def balances(self, company):
        """Sums of journal entry lines by account code, in cents."""
        codes = {account["id"]: account["nominalCode"]
                 for account in self.export(company, "chartOfAccounts")}
        sums = {}
        for entry in self.export(company, "journalEntries"):
            for line in entry["journalLines"]:
                code = codes[line["accountRef"]["id"]]
                sums[code] = sums.get(code, 0) + cents(line["netAmount"])
        return {code: value for code, value in sums.items() if value != 0}

    def live(self, company):
        """What the company's owner sees, without times and run numbers."""
        records = {}
        for data_type in ("chartOfAccounts", "journals", "journalEntries"):
            rows = self.export(company, data_type, "--include-deleted")
            for row in rows:
                row.pop("modifiedDate", None)
            records[data_type] = sorted(rows, key=lambda row: row["id"])
        return records

    # ---- leaks

    def leaks(self):
        """[(file, which)] where a secret can be read."""
        secrets = set()
        with open(self.secrets) as file:
            for line in file:
                if len(line.strip()) >= 8:
                    secrets.add(line.strip())
        found = []
        files = size = 0
        needles = []
        for secret in secrets:
            raw = secret.encode()
            forms = [raw, urllib.parse.quote(secret, safe="").encode(),
                     urllib.parse.quote(secret).encode()]
            # Base64 of a text that holds the secret at any of the three
            # alignments, without the characters that depend on neighbours.
            for shift in range(3):
                text = base64.b64encode(b"x" * shift + raw)
                first = -(-shift * 8 // 6)
                last = len(text) - 4
                forms.append(text[first:last])
                forms.append(text[first:last].replace(b"+", b"-")
                             .replace(b"/", b"_"))
            needles.append((secret[:6], forms))
        for folder, _, names in os.walk(self.dir):
            for name in names:
                path = os.path.join(folder, name)
                if path == self.secrets or not os.path.isfile(path):
                    continue
                with open(path, "rb") as file:
                    content = file.read()
                files += 1
                size += len(content)
                for start, forms in needles:
                    if any(form in content for form in forms):
                        found.append((path, start + "…"))
        if os.environ.get("LEAK_LOG"):
            with open(os.environ["LEAK_LOG"], "a") as file:
                file.write("%d secrets, %d files, %d bytes, %d found\n" % (
                    len(needles), files, size, len(found)))
        return found

    def close(self):
        if self.sandbox is not None and self.sandbox.poll() is None:
            self.sandbox.terminate()
            self.sandbox.wait(30)
        code = self.sandbox.returncode if self.sandbox else 0
        found = self.leaks() if os.path.exists(self.secrets) else []
        keep = os.environ.get("KEEP_WORLD")
        if not keep:
            shutil.rmtree(self.dir)
        else:
            print("kept", self.dir)
        if found:
            raise AssertionError("secrets found: %r" % found[:5])
        if code not in (0, -signal.SIGTERM):
            raise AssertionError("the sandbox ended with %d" % code)


def cents(text):
    """A JSON number's text, or an int, to cents; exact."""
    text = str(text)
    sign = -1 if text.startswith("-") else 1
    whole, _, fraction = text.lstrip("-").partition(".")
    if len(fraction) > 2 and fraction[2:].strip("0"):
        raise AssertionError("more than cents: " + text)
    return sign * (int(whole) * 100 + int((fraction + "00")[:2]))


def ledger_lines(path):
    """(CompteNum, Debit minus Credit in cents) of each line of a file."""
    with open(path, "rb") as file:
        raw = file.read()
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = raw.decode("iso-8859-15")
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    separator = "\t" if lines[0].count("\t") >= 8 else "|"
    head = [name.strip().lower() for name in lines[0].split(separator)]
    account, debit, credit = (head.index(name) for name in
                              ("comptenum", "debit", "credit"))
    for line in lines[1:]:
        if line.strip():
            fields = [field.strip() for field in line.split(separator)]
            yield (fields[account],
                   fec_cents(fields[debit]) - fec_cents(fields[credit]))


def ledger_balances(path):
    """({CompteNum: cents}, number of lines), straight from the file."""
    sums = {}
    count = 0
    for account, value in ledger_lines(path):
        sums[account] = sums.get(account, 0) + value
        count += 1
    return {code: value for code, value in sums.items() if value != 0}, count


def fec_cents(text):
    return cents(text.replace(",", ".").replace("+", "") or "0")


def need_terminal():
    """Skip, and say so, where there are no pseudo terminals (a bare chroot)."""
    try:
        for descriptor in os.openpty():
            os.close(descriptor)
    except OSError as problem:
        raise unittest.SkipTest("no pseudo terminal: %s" % problem)


class WorldTest(unittest.TestCase):
    """A test with worlds that are closed, and searched for leaks, after."""
    maxDiff = 2000

    def world(self, *args, **named):
        world = World(*args, **named)
        self.addCleanup(world.close)
        return world


def main():
    unittest.main(module="__main__", verbosity=2)
