#!/usr/bin/env python3
"""The program exact-sandbox itself, over loopback: what it prints, writes and
answers, and how it ends. Shares no code with it."""
import http.client
import json
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import unittest
import urllib.parse

TOP = os.environ.get("top_srcdir", os.getcwd())
BUILD = os.environ.get("top_builddir", os.getcwd())
SANDBOX = os.path.join(BUILD, "exact-sandbox")
LEDGER = os.path.join(TOP, "tests", "sandbox", "core_ledger.txt")
CALLBACK = "https://exact.codat.io/oauth/callback"
APP = {"client_id": "11111111-aaaa-4aaa-8aaa-111111111111",
       "client_secret": "sandboxSecretNL01"}


class Shell(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory(prefix="exact-")
        self.addCleanup(self.folder.cleanup)
        env = {name: value for name, value in os.environ.items()
               if name != "EXACT_CLOCK"}
        self.env = env

    def path(self, name):
        return os.path.join(self.folder.name, name)

    def start(self, *options):
        process = subprocess.Popen(
            [SANDBOX, "--auto-consent", "--ledger", LEDGER, "--ledger",
             LEDGER, "--url-file", self.path("url"), "--log",
             self.path("log"), "--secrets", self.path("secrets"), *options],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
            env=self.env)
        self.addCleanup(process.stdout.close)
        self.addCleanup(process.stderr.close)
        self.addCleanup(lambda: process.poll() is None and process.kill())
        while not os.path.exists(self.path("url")):
            self.assertIsNone(process.poll())
            time.sleep(0.01)
        with open(self.path("url")) as file:
            self.url = file.read().strip()
        return process

    def send(self, method, target, body=None, headers=None):
        parts = urllib.parse.urlsplit(self.url)
        connection = http.client.HTTPConnection(parts.hostname, parts.port,
                                                timeout=60)
        try:
            connection.request(method, target, body, headers or {})
            reply = connection.getresponse()
            return reply.status, reply.headers, reply.read().decode()
        finally:
            connection.close()

    def form(self, target, **fields):
        return self.send("POST", target, urllib.parse.urlencode(fields),
                         {"Content-Type":
                          "application/x-www-form-urlencoded"})

    def sign_in(self):
        query = urllib.parse.urlencode({
            "client_id": APP["client_id"], "redirect_uri": CALLBACK,
            "response_type": "code", "state": "the-state"})
        status, headers, _ = self.send("GET", "/api/oauth2/auth?" + query)
        self.assertEqual(status, 302)
        self.assertTrue(headers["Location"].startswith(CALLBACK + "?code="))
        got = urllib.parse.parse_qs(
            urllib.parse.urlsplit(headers["Location"]).query)
        self.assertEqual(got["state"], ["the-state"])
        self.code = got["code"][0]
        status, _, body = self.form(
            "/api/oauth2/token", grant_type="authorization_code",
            code=self.code, redirect_uri=CALLBACK, **APP)
        self.assertEqual(status, 200)
        return json.loads(body)

    def test_a_session_from_start_to_sigterm(self):
        process = self.start()
        self.assertEqual(process.stdout.readline().strip(), self.url)
        self.assertRegex(process.stdout.readline(),
                         r"^division 100001 user jan \S")
        self.assertRegex(process.stdout.readline(),
                         r"^division 100002 user jan \S")
        pair = self.sign_in()
        bearer = {"Authorization": "Bearer " + pair["access_token"],
                  "Accept": "application/json"}
        status, headers, body = self.send("GET", "/api/v1/current/Me", None,
                                          bearer)
        self.assertEqual(status, 200)
        self.assertEqual(json.loads(body)["d"]["results"][0]
                         ["CurrentDivision"], 100001)
        self.assertEqual(len(headers.get_all("Date")), 1)
        status, headers, body = self.send(
            "GET", "/api/v1/100002/financial/Journals?$select=ID", None,
            bearer)
        self.assertEqual(status, 200)
        self.assertEqual(headers["X-RateLimit-Remaining"], "4999")
        next_hour = self.send("POST", "/control/advance?ms=3600000")[2]
        self.assertTrue(json.loads(next_hour)["ok"])
        self.assertEqual(self.send("GET", "/api/v1/current/Me", None,
                                   bearer)[0], 401)
        self.send("POST", "/control/fault?name=token-lost")
        with self.assertRaises(http.client.RemoteDisconnected):
            self.form("/api/oauth2/token", grant_type="refresh_token",
                      refresh_token=pair["refresh_token"], **APP)
        status, _, body = self.form(
            "/api/oauth2/token", grant_type="refresh_token",
            refresh_token=pair["refresh_token"], **APP)
        self.assertEqual((status, json.loads(body)["error_description"]),
                         (401, "Old refresh token used."))
        process.send_signal(signal.SIGTERM)
        self.assertEqual(process.wait(60), 0)
        self.assertEqual(process.stderr.read(), "")
        with open(self.path("secrets")) as file:
            secrets = file.read().splitlines()
        for secret in (self.code, pair["access_token"],
                       pair["refresh_token"], APP["client_secret"]):
            self.assertIn(secret, secrets)
        # The lost pair is on the list, though nobody ever got it.
        self.assertEqual(len(secrets), 2 + 1 + 2 + 2)
        with open(self.path("log")) as file:
            text = file.read()
        for secret in secrets + [urllib.parse.quote(self.code, safe="")]:
            self.assertNotIn(secret, text)
        lines = [json.loads(line) for line in text.splitlines()]
        self.assertEqual([line["status"] for line in lines],
                         [302, 200, 200, 200, 200, 401, 200, 200, 401])
        self.assertEqual([line.get("division") for line in lines],
                         [None, None, None, 100002] + [None] * 5)
        self.assertEqual(lines[3]["minute_left"], 59)
        self.assertEqual(lines[3]["day_left"], 4999)

    def raw(self, data, listens=True):
        """Bytes as they are; what comes until the other side closes."""
        parts = urllib.parse.urlsplit(self.url)
        with socket.create_connection((parts.hostname, parts.port)) as wire:
            wire.settimeout(60)
            reply = b""
            try:
                wire.sendall(data)
                while listens and (piece := wire.recv(65536)):
                    reply += piece
            except (BrokenPipeError, ConnectionResetError):
                pass
            return reply

    def test_rude_bytes_are_answered_or_dropped_and_it_lives_on(self):
        process = self.start()
        me = b"GET /api/v1/current/Me HTTP/1.1\r\nHost: x\r\n"
        body = urllib.parse.urlencode(
            {"grant_type": "refresh_token", "refresh_token": "x",
             **APP}).encode()
        post = (b"POST /api/oauth2/token HTTP/1.1\r\nHost: x\r\n"
                b"Content-Type: application/x-www-form-urlencoded\r\n")
        for half in (b"", me[:20], me, b"\x00\xff garbage\r\n\r\n",
                     post + b"Content-Length: 5000\r\n\r\ngrant"):
            self.raw(half, listens=False)
        self.assertEqual(self.raw((me + b"\r\n") * 4 + me +
                                  b"Connection: close\r\n\r\n")
                         .count(b"HTTP/1.1 401"), 5)
        self.assertNotIn(b"200 OK", self.raw(
            me + b"X: " + b"a" * 1000000 + b"\r\n\r\n"))
        self.assertNotIn(b"200 OK", self.raw(
            b"GET /" + b"a" * 1000000 + b" HTTP/1.1\r\n\r\n"))
        # In chunks it is the same form, and its token is no good.
        self.assertIn(b"Signed data extraction has failed", self.raw(
            post + b"Connection: close\r\nTransfer-Encoding: chunked\r\n"
            b"\r\n7\r\n" + body[:7] + b"\r\n%x\r\n" % (len(body) - 7) +
            body[7:] + b"\r\n0\r\n\r\n"))
        self.assertNotIn(b"200 OK", self.raw(
            post + b"Content-Length: 2000000\r\n\r\n" + b"a" * 2000000))
        for method, target, status in (
                ("HEAD", "/api/v1/current/Me", 401),
                ("OPTIONS", "/api/v1/current/Me", 401),
                ("GET", "/%zz", 400), ("GET", "/api/v1/%00", 400),
                ("GET", "/api/v1/99999999999999999999/x/Y", 404),
                ("PUT", "/control/clock", 405)):
            self.assertEqual(self.send(method, target)[0], status, target)
        self.assertEqual(self.send("GET", "/control/clock")[0], 200)
        process.send_signal(signal.SIGTERM)
        self.assertEqual(process.wait(60), 0)
        self.assertEqual(process.stderr.read(), "")
        with open(self.path("log")) as file:
            for line in file:
                json.loads(line)

    def test_a_name_with_a_newline_stays_on_its_line(self):
        ledger = self.path("new\nline\x7f.txt")
        shutil.copyfile(LEDGER, ledger)
        process = self.start("--ledger", ledger)
        process.send_signal(signal.SIGTERM)
        lines = process.communicate(timeout=60)[0].splitlines()
        self.assertEqual(len(lines), 4)
        self.assertEqual(lines[3], "division 100003 user jan new?line?")

    def test_a_full_disk_is_told_once_and_stops_nothing(self):
        process = self.start("--log", "/dev/full")
        for _ in range(3):
            self.assertEqual(self.send("GET", "/api/v1/current/Me")[0], 401)
        process.send_signal(signal.SIGTERM)
        self.assertEqual(process.wait(60), 0)
        self.assertEqual(process.stderr.read().count("No space left"), 1)

    def peak(self, ledger):
        process = self.start("--ledger", ledger)
        with open("/proc/%d/status" % process.pid) as file:
            peak = [int(line.split()[1]) * 1024 for line in file
                    if line.startswith("VmHWM")][0]
        process.send_signal(signal.SIGTERM)
        process.wait(60)
        os.unlink(self.path("url"))  # the next start() waits for its own
        return peak

    def test_a_line_takes_less_than_512_bytes_at_the_peak(self):
        with open(SANDBOX, "rb") as file:
            if b"__asan_init" in file.read():
                self.skipTest("the sanitizer's memory is not ours")
        entries = 50000
        ledger = self.path("large.txt")
        with open(LEDGER, encoding="utf-8") as file:
            head = file.readline()
        with open(ledger, "w", encoding="utf-8") as file:
            file.write(head)
            for entry in range(entries):
                for account, debit, credit in (("411000", "12,00", "0,00"),
                                               ("707000", "0,00", "12,00")):
                    file.write("\t".join(
                        ("VE", "Ventes", str(entry), "20250105", account,
                         "Nom", "", "", "FA%07d" % entry, "20250105",
                         "Facture %d" % entry, debit, credit, "", "",
                         "20250131", "", "")) + "\n")
        growth = self.peak(ledger) - self.peak(LEDGER)
        self.assertLess(growth / (2 * entries), 512)

    def test_what_can_not_be_done_is_said(self):
        for options, code, words in (
                (["--ledger", "/nonexistent"], 1, "/nonexistent"),
                (["--ledger", SANDBOX], 1, "ledger"),
                (["--limits", "minute=0"], 2, "--limits"),
                (["--rotation", "loose"], 2, "--rotation"),
                (["--seed", "9" * 20], 2, "--seed"),
                (["--latency", " 5"], 2, "--latency"),
                (["--listen", "127.0.0.1"], 2, "--listen"),
                (["--log", "/nonexistent/log"], 1, "/nonexistent/log"),
                (["--nonsense"], 2, "nonsense"),
                (["left over"], 2, "left over")):
            ended = subprocess.run([SANDBOX] + options, env=self.env,
                                   capture_output=True, text=True)
            self.assertEqual(ended.returncode, code, ended.stderr)
            self.assertIn(words, ended.stderr)
            self.assertNotIn("Sanitizer", ended.stderr)

    def test_help_names_the_apps_the_actions_and_the_faults(self):
        text = subprocess.run([SANDBOX, "--help"], env=self.env, check=True,
                              capture_output=True, text=True).stdout
        for word in (APP["client_id"], APP["client_secret"],
                     "sandboxSecretUK01", CALLBACK, "--secrets", "advance",
                     "counters", "token-lost", "status-N"):
            self.assertIn(word, text)


if __name__ == "__main__":
    unittest.main()
