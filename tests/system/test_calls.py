"""What a first sync of generated books asks of Exact, from the sandbox's own
log: nothing refused, the sync and bulk endpoints wherever there are any, full
pages, and never a call for a single row.

BOOKS_SIZE=medium for both countries' larger books (`make books`)."""
import collections
import json
import os
import re
import urllib.parse

from harness import WorldTest, main

SIZE = os.environ.get("BOOKS_SIZE", "small")
# Endpoints of 60 rows a page, and their twins of 1,000.
TWINS = {
    "financial/GLAccounts": "sync/Financial/GLAccounts",
    "financialtransaction/TransactionLines":
        "sync/Financial/TransactionLines",
    "crm/Accounts": "sync/CRM/Accounts",
    "logistics/Items": "sync/Logistics/Items",
    "salesinvoice/SalesInvoices": "sync/SalesInvoice/SalesInvoices",
    "salesinvoice/SalesInvoiceLines": "sync/SalesInvoice/SalesInvoices",
    "cashflow/Receivables": "bulk/Cashflow/Receivables",
    "cashflow/Payments": "bulk/Cashflow/Payments",
}
# Streams whose rows the truth knows by another name.
RECORDS = {
    "sync/Financial/GLAccounts": "chartOfAccounts",
    "financial/Journals": "journals",
    "vat/VATCodes": "taxRates",
    "sync/Logistics/Items": "items",
    "bulk/Logistics/Items": "items",
}


def page_size(path):
    return 1000 if path.startswith(("sync/", "bulk/")) else 60


def endpoint(request):
    """Its path below the division."""
    path = urllib.parse.urlsplit(request["path"]).path
    return re.sub(r"^/api/v1/(\d+/)?", "", path)


def asks_for_one(request):
    """A key in the path, or a filter on an id."""
    parts = urllib.parse.urlsplit(request["path"])
    query = urllib.parse.parse_qs(parts.query)
    filters = " ".join(query.get("$filter", ()))
    return "(" in urllib.parse.unquote(parts.path) or \
        re.search(r"guid'|ID\s+eq\b", filters) is not None


class Calls(WorldTest):
    def synced(self, region, size):
        """(requests, summary, truth) of a first sync."""
        world = self.world(start=False)
        truth_file = os.path.join(world.dir, "truth")
        world.sandbox_options += ["--size", size, "--country", region,
                                  "--dump-truth", truth_file]
        world.start_sandbox()
        world.init()
        world.company("books", division=100002, region=region)
        since = len(world.requests())
        summary = world.sync("books")
        truth = collections.Counter()
        with open(truth_file) as file:
            for text in file:
                line = json.loads(text)
                truth[line["dataType"]] += 1
                truth["lines"] += len(line["record"].get("journalLines", ()))
        return world.requests(since), summary, truth

    def check(self, region, size):
        requests, summary, truth = self.synced(region, size)
        calls = collections.Counter(endpoint(request) for request in requests)
        rows = collections.Counter()
        for stream in summary["streams"]:
            rows[stream["path"]] += stream["rows"]
        print("\n%s %-36s %6s %8s" % (region, size, "calls", "rows"))
        for path in sorted(calls, key=lambda path: (-calls[path], path)):
            print("   %-36s %6d %8s" % (path, calls[path],
                                        rows.get(path, "")))
        print("   %-36s %6d %8d" % ("sum", len(requests),
                                    sum(rows.values())))

        self.assertEqual({request["status"] for request in requests}, {200})
        self.assertEqual(summary["refused"], 0)
        self.assertEqual(len(requests), summary["calls"])
        self.assertEqual([request["path"] for request in requests
                          if asks_for_one(request)], [])
        for path, twin in TWINS.items():
            self.assertNotIn(path, calls, "there is " + twin)
        # What was read is there to be read.
        self.assertEqual(rows["sync/Financial/TransactionLines"],
                         truth["lines"])
        for path, kind in RECORDS.items():
            if path in calls:
                self.assertEqual(rows[path], truth[kind], path)
        for path, count in calls.items():
            if path != "current/Me":
                self.assertIn(path, rows, "a call that no stream counts")
                pages = -(-rows[path] // page_size(path))
                self.assertLessEqual(count, pages + 2, path)

    def test_dutch_books_take_no_call_too_many(self):
        self.check("nl", "medium")

    def test_british_books_take_no_call_too_many(self):
        self.check("uk", SIZE)


if __name__ == "__main__":
    main()
