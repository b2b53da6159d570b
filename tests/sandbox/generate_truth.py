#!/usr/bin/env python3
"""Does the API of generated books say what --dump-truth says? Reads all
entities over loopback, makes the records anew from the replies and compares
them field by field. Shares no code with the sandbox or the connector.

TRUTH_SIZE=medium for the larger books."""
import collections
import decimal
import http.client
import json
import os
import re
import subprocess
import sys
import tempfile
import time
import urllib.parse

BUILD = os.environ.get("top_builddir", os.getcwd())
SANDBOX = os.path.join(BUILD, "exact-sandbox")
SIZE = os.environ.get("TRUTH_SIZE", "small")
CALLBACK = "https://exact.codat.io/oauth/callback"
APPS = {"nl": ("11111111-aaaa-4aaa-8aaa-111111111111", "sandboxSecretNL01"),
        "uk": ("22222222-bbbb-4bbb-8bbb-222222222222", "sandboxSecretUK01")}
Decimal = decimal.Decimal
DIGITS = {"JPY": 0, "KWD": 3}


def money(value, currency):
    unit = Decimal(1).scaleb(-DIGITS.get(currency, 2))
    return Decimal(value).quantize(unit, decimal.ROUND_HALF_UP)


def moment(text):
    return int(re.fullmatch(r"/Date\((-?\d+)\)/", text).group(1)) // 1000


def wall(text, zone=""):
    return time.strftime("%Y-%m-%dT%H:%M:%S",
                         time.gmtime(moment(text))) + zone


def without_none(record):
    return {k: v for k, v in record.items() if v is not None}


class Reader:
    def __init__(self, url, app, division):
        self.parts = urllib.parse.urlsplit(url)
        self.division = division
        self.connection = http.client.HTTPConnection(
            self.parts.hostname, self.parts.port, timeout=120)
        client, secret = APPS[app]
        query = urllib.parse.urlencode({
            "client_id": client, "redirect_uri": CALLBACK,
            "response_type": "code", "state": "s"})
        _, headers, _ = self.send("GET", "/api/oauth2/auth?" + query)
        got = urllib.parse.parse_qs(
            urllib.parse.urlsplit(headers["Location"]).query)
        _, _, body = self.send(
            "POST", "/api/oauth2/token", urllib.parse.urlencode({
                "grant_type": "authorization_code", "code": got["code"][0],
                "redirect_uri": CALLBACK, "client_id": client,
                "client_secret": secret}),
            {"Content-Type": "application/x-www-form-urlencoded"})
        self.token = json.loads(body)["access_token"]

    def send(self, method, target, body=None, headers=None):
        self.connection.request(method, target, body, headers or {})
        reply = self.connection.getresponse()
        return reply.status, reply.headers, reply.read().decode()

    def all(self, path):
        rows = []
        target = "/api/v1/%d/%s" % (self.division, path)
        while target:
            status, _, body = self.send("GET", target, None, {
                "Authorization": "Bearer " + self.token,
                "Accept": "application/json"})
            assert status == 200, (target, status, body[:300])
            data = json.loads(body, parse_float=Decimal)["d"]
            rows += data["results"]
            target = data.get("__next")
            if target:
                target = target[target.index("/api/v1/"):]
        return rows


class Books:
    """Everything of one division, and the records made of it."""

    def __init__(self, reader, uk, tracking):
        self.uk = uk
        self.tracking = tracking
        since = "?$filter=Timestamp%20gt%201L"
        self.lines = reader.all("sync/Financial/TransactionLines" + since)
        self.terms = reader.all("sync/Cashflow/PaymentTerms" + since)
        self.stream = reader.all("sync/SalesInvoice/SalesInvoices" + since)
        self.relations = reader.all("sync/CRM/Accounts" + since)
        self.items = reader.all("bulk/Logistics/Items?$select=ID,Code,"
                                "Description,EndDate,IsStockItem,"
                                "IsSalesItem,IsPurchaseItem,GLRevenue,"
                                "GLRevenueDescription,GLCosts,Modified,"
                                "GLCostsDescription,StandardSalesPrice,"
                                "CostPriceStandard,SalesVatCode")
        self.accounts = {row["ID"]: row for row in reader.all(
            "sync/Financial/GLAccounts" + since)}
        self.vats = {row["Code"].strip(): row
                     for row in reader.all("vat/VATCodes")}
        self.journals = {row["Code"].strip(): row
                         for row in reader.all("financial/Journals")}
        self.costs = {"costCenters": reader.all("hrm/Costcenters"),
                      "costUnits": reader.all("hrm/Costunits")}
        self.lists = {
            20: reader.all("read/financial/ReceivablesList"),
            22: reader.all("read/financial/PayablesList")}
        self.names = {row["ID"]: row["Name"] for row in self.relations}
        self.division = [row for row in reader.all("system/Divisions")
                         if row["Code"] == reader.division][0]
        self.entries = collections.defaultdict(list)
        for line in self.lines:
            self.entries[line["EntryID"]].append(line)
        for lines in self.entries.values():
            lines.sort(key=lambda line: line["LineNumber"])
        self.open = collections.defaultdict(lambda: [Decimal(0), None])
        self.reversals = set()
        for term in self.terms:
            # Of the header line alone: an overpayment is no part of it.
            state = self.open[term["TransactionID"]]
            if term["Status"] == 20:
                state[0] -= money(term["AmountFC"], term["Currency"])
            elif state[1] is None or moment(term["LastPaymentDate"]) > \
                    moment(state[1]):
                state[1] = term["LastPaymentDate"]
            if term["TransactionIsReversal"]:
                self.reversals.add(term["TransactionEntryID"])
        self.voided = {
            (self.entries[entry][0]["InvoiceNumber"],
             self.entries[entry][0]["Type"]) for entry in self.reversals}

    def utc(self, text):
        local = moment(text)
        offset = 0 if self.uk else 3600
        year = time.gmtime(local).tm_year

        def last_sunday(month):
            end = time.strptime("%d-%02d-31" % (year, month), "%Y-%m-%d")
            return 31 - (end.tm_wday + 1) % 7
        begin = time.strptime("%d-03-%02d" % (year, last_sunday(3)),
                              "%Y-%m-%d")
        end = time.strptime("%d-10-%02d" % (year, last_sunday(10)),
                            "%Y-%m-%d")
        day = time.gmtime(local).tm_yday
        if begin.tm_yday <= day < end.tm_yday:
            offset += 3600
        return time.strftime("%Y-%m-%dT%H:%M:%SZ",
                             time.gmtime(local - offset))

    def is_vat(self, line):
        return self.accounts[line["GLAccount"]]["Type"] == 24

    def rate_ref(self, code, percent):
        vat = self.vats[code.strip()]
        return {"id": vat["ID"], "name": vat["Description"],
                "effectiveTaxRate": Decimal(percent) * 100}

    def line_item(self, lines, line, sign, bill):
        currency = line["Currency"]
        net = -sign * money(line["AmountFC"], currency)
        tax = -sign * money(line["AmountVATFC"], currency)
        vat = self.vats.get((line["VATCode"] or "").strip())
        if line["LineNumber"] < 9000 and vat:
            if vat["Charged"]:
                tax = Decimal(0)
            elif vat["VATPartialRatio"]:
                tax -= -sign * sum(
                    money(other["AmountFC"], currency) for other in lines
                    if other["LineNumber"] >= 9000 and
                    other["VATCode"] == line["VATCode"] and
                    not self.is_vat(other))
        quantity = Decimal(line["Quantity"] or 1)
        item = {
            "lineNumber": str(line["LineNumber"]) if bill else None,
            "description": line["Description"],
            "unitAmount": net / quantity, "quantity": quantity,
            "subTotal": net, "taxAmount": tax, "totalAmount": net + tax,
            "accountRef": {"id": line["GLAccount"],
                           "name": line["GLAccountDescription"]},
            "taxRateRef": self.rate_ref(line["VATCode"],
                                        line["VATPercentage"])
            if vat else None,
            "itemRef": {"id": line["Item"], "name": line["ItemDescription"]}
            if line["Item"] else None}
        return without_none(item)

    def currency_of(self, header, dc, fc):
        if header["Currency"] == self.division["Currency"]:
            return Decimal(1)
        with decimal.localcontext() as context:
            context.prec = 50
            return (dc / fc).quantize(Decimal("1e-9"),
                                      decimal.ROUND_HALF_UP)

    def totals(self, kind, total, net, due, void, draft):
        status = ("Draft" if draft else "Void" if void else
                  "Paid" if due == 0 else
                  "PartiallyPaid" if due < total else
                  "Open" if kind == "bills" else "Submitted")
        record = {"subTotal": net, "totalAmount": total, "status": status,
                  "taxAmount" if kind == "bills" else "totalTaxAmount":
                  total - net}
        if kind in ("creditNotes", "billCreditNotes"):
            record.update(remainingCredit=due, totalDiscount=Decimal(0),
                          discountPercentage=Decimal(0))
        else:
            record["amountDue"] = due
        return record

    def document(self, kind, entry, lines):
        header = lines[0]
        sale = kind in ("invoices", "creditNotes")
        credit = kind in ("creditNotes", "billCreditNotes")
        sign = -1 if sale == credit else 1
        currency = header["Currency"]
        total = sign * money(header["AmountFC"], currency)
        void = (header["InvoiceNumber"], header["Type"]) in self.voided
        due, last = self.open[header["ID"]]
        items = [self.line_item(lines, line, sign, kind == "bills")
                 for line in lines[1:] if not self.is_vat(line)]
        number = {"invoices": "invoiceNumber", "bills": "reference",
                  "creditNotes": "creditNoteNumber",
                  "billCreditNotes": "billCreditNoteNumber"}[kind]
        record = {
            "id": entry, number: str(header["InvoiceNumber"]),
            "issueDate": wall(header["Date"]),
            "dueDate": None if credit else wall(header["DueDate"]),
            "paidOnDate": wall(last) if kind == "invoices" and due == 0 and
            not void else None,
            "currency": currency,
            "currencyRate": self.currency_of(
                header, money(header["AmountDC"], "EUR"),
                money(header["AmountFC"], currency)),
            "lineItems": items,
            "metadata": {"isDeleted": False},
            "sourceModifiedDate": max(self.utc(line["Modified"])
                                      for line in lines)}
        party = {"id": header["Account"],
                 "companyName" if sale else "supplierName":
                 self.names[header["Account"]]}
        record["customerRef" if sale else "supplierRef"] = party
        record.update(self.totals(
            kind, total, sum(item["subTotal"] for item in items),
            sign * due, void, False))
        return without_none(record)

    def drafts(self):
        headers = [row for row in self.stream if row["LineNumber"] == 0 and
                   row["Status"] != 50]
        for header in headers:
            lines = sorted(
                (row for row in self.stream if row["LineNumber"] and
                 row["InvoiceID"] == header["InvoiceID"]),
                key=lambda row: row["LineNumber"])
            currency = header["Currency"]
            total = money(header["AmountFC"], currency)
            items = []
            for row in lines:
                net = money(row["AmountFC"], currency)
                tax = money(row["VATAmountFC"], currency)
                quantity = Decimal(row["Quantity"])
                items.append(without_none({
                    "description": row["Description"],
                    "unitAmount": net / quantity, "quantity": quantity,
                    "subTotal": net, "taxAmount": tax,
                    "totalAmount": net + tax,
                    "accountRef": {"id": row["GLAccount"],
                                   "name": row["GLAccountDescription"]},
                    "taxRateRef": self.rate_ref(row["VATCode"],
                                                row["VATPercentage"]),
                    "itemRef": {"id": row["Item"],
                                "name": row["ItemDescription"]}
                    if row["Item"] else None}))
            record = {
                "id": header["InvoiceID"],
                "customerRef": {"id": header["InvoiceTo"],
                                "companyName": header["InvoiceToName"]},
                "issueDate": wall(header["InvoiceDate"]),
                "dueDate": wall(header["DueDate"]), "currency": currency,
                "currencyRate": self.currency_of(
                    header, money(header["AmountDC"], "EUR"), total),
                "lineItems": items, "metadata": {"isDeleted": False},
                "sourceModifiedDate": self.utc(header["Modified"])}
            record.update(self.totals(
                "invoices", total, sum(item["subTotal"] for item in items),
                total, False, True))
            yield record

    def journal_entry(self, entry, lines, kind):
        own = self.division["Currency"]
        journal = self.journals[lines[0]["JournalCode"]]
        made = []
        for line in lines:
            account = self.accounts[line["GLAccount"]]["Type"]
            customer = line["Type"] in (20, 21)
            supplier = line["Type"] in (30, 31)
            if not customer and not supplier:
                customer, supplier = account == 20, account == 22
            made.append(without_none({
                "description": line["Description"],
                "netAmount": money(line["AmountDC"], own),
                "currency": own,
                "transactionAmount": money(line["AmountFC"],
                                           line["Currency"]),
                "transactionCurrency": line["Currency"],
                "accountRef": {"id": line["GLAccount"],
                               "name": line["GLAccountDescription"]},
                "contactRef": {
                    "id": line["Account"],
                    "dataType": "customers" if customer else "suppliers"}
                if line["Account"] and (customer or supplier) else None}))
        return without_none({
            "id": entry, "description": lines[0]["Description"],
            "postedOn": wall(lines[0]["Date"]),
            "createdOn": min(wall(line["Created"]) for line in lines),
            "updatedOn": max(wall(line["Modified"]) for line in lines),
            "journalRef": {"id": journal["ID"],
                           "name": journal["Description"]},
            "journalLines": made,
            "recordRef": {"id": entry, "dataType": kind} if kind else None,
            "metadata": {"isDeleted": False},
            "sourceModifiedDate": max(self.utc(line["Modified"])
                                      for line in lines)})

    def relation(self, row, customer):
        return without_none({
            "id": row["ID"],
            "customerName" if customer else "supplierName": row["Name"],
            "emailAddress": row["Email"], "phone": row["Phone"],
            "defaultCurrency": row["SalesCurrency" if customer else
                                   "PurchaseCurrency"],
            "addresses": [without_none({
                "type": "Billing", "line1": row["AddressLine1"],
                "city": row["City"], "country": row["Country"].strip(),
                "postalCode": row["Postcode"]})],
            "registrationNumber": row["ChamberOfCommerce"],
            "taxNumber": row["VATNumber"],
            "status": "Archived" if row["Blocked"] else "Active",
            "metadata": {"isDeleted": False},
            "sourceModifiedDate": self.utc(row["Modified"])})

    def item(self, row):
        vat = self.vats[row["SalesVatCode"].strip()]
        bill = {"description": row["Description"],
                "unitPrice": money(row["CostPriceStandard"], "EUR"),
                "accountRef": {"id": row["GLCosts"],
                               "name": row["GLCostsDescription"]}}
        invoice = {"description": row["Description"],
                   "unitPrice": money(row["StandardSalesPrice"], "EUR"),
                   "accountRef": {"id": row["GLRevenue"],
                                  "name": row["GLRevenueDescription"]},
                   "taxRateRef": self.rate_ref(vat["Code"],
                                               vat["Percentage"])}
        return without_none({
            "id": row["ID"], "name": row["Description"],
            "code": row["Code"].strip(),
            "itemStatus": "Archived" if row["EndDate"] else "Active",
            "type": "Inventory" if row["IsStockItem"] else "Unknown",
            "isBillItem": row["IsPurchaseItem"],
            "isInvoiceItem": row["IsSalesItem"],
            "billItem": bill if row["IsPurchaseItem"] else None,
            "invoiceItem": invoice if row["IsSalesItem"] else None,
            "metadata": {"isDeleted": False},
            "sourceModifiedDate": self.utc(row["Modified"])})

    def tax_rate(self, row):
        percent = Decimal(row["Percentage"]) * 100
        return {"id": row["ID"], "name": row["Description"],
                "code": row["Code"].strip(),
                "status": "Archived" if row["IsBlocked"] else "Active",
                "effectiveTaxRate": percent, "totalTaxRate": percent,
                "components": [{"name": row["Code"].strip(),
                                "rate": percent, "isCompound": False}],
                "metadata": {"isDeleted": False},
                "sourceModifiedDate": self.utc(row["Modified"])}

    def records(self):
        kinds = {20: "invoices", 21: "creditNotes", 30: "bills",
                 31: "billCreditNotes"}
        customers, suppliers = set(), set()
        for entry, lines in self.entries.items():
            kind = kinds.get(lines[0]["Type"])
            if entry in self.reversals:
                kind = None
            if kind:
                (customers if kind in ("invoices", "creditNotes") else
                 suppliers).add(lines[0]["Account"])
                yield kind, self.document(kind, entry, lines)
            yield "journalEntries", self.journal_entry(entry, lines, kind)
        for record in self.drafts():
            customers.add(record["customerRef"]["id"])
            yield "invoices", record
        for row in self.relations:
            if row["Status"] == "C" or row["ID"] in customers:
                yield "customers", self.relation(row, True)
            if row["IsSupplier"] or row["ID"] in suppliers:
                yield "suppliers", self.relation(row, False)
        for row in self.items:
            yield "items", self.item(row)
        for row in self.vats.values():
            yield "taxRates", self.tax_rate(row)
        for row in self.accounts.values():
            yield "chartOfAccounts", self.account(row)
        for row in self.journals.values():
            yield "journals", self.journal(row)
        if self.tracking:
            for record in self.categories():
                yield "trackingCategories", record
        yield "company", self.company()

    def account(self, row):
        """Without the category, which is a table and no reply."""
        return without_none({
            "id": row["ID"], "nominalCode": row["Code"].strip(),
            "name": row["Description"],
            "description": row["Description"] if self.uk else None,
            "currency": self.division["Currency"],
            "status": "Archived" if row["IsBlocked"] else "Active",
            "isBankAccount": row["Type"] == 12,
            "metadata": {"isDeleted": False},
            "sourceModifiedDate": self.utc(row["Modified"])})

    def journal(self, row):
        return {
            "id": row["ID"], "journalCode": row["Code"].strip(),
            "name": row["Description"], "hasChildren": False,
            "type": {10: "Cash", 12: "Bank", 20: "Sales", 22: "Purchase",
                     90: "General"}[row["Type"]],
            "createdOn": wall(row["Created"]), "status": "Active",
            "metadata": {"isDeleted": False},
            "sourceModifiedDate": self.utc(row["Modified"])}

    def categories(self):
        for parent, name in (("costCenters", "Cost centres"),
                             ("costUnits", "Cost units")):
            yield {"id": parent, "name": name, "hasChildren": True,
                   "status": "Active", "metadata": {"isDeleted": False}}
            for row in self.costs[parent]:
                yield {
                    "id": row["ID"], "parentId": parent,
                    "name": row["Description"] or row["Code"],
                    "hasChildren": False,
                    "status": "Archived" if row["EndDate"] else "Active",
                    "metadata": {"isDeleted": False},
                    "sourceModifiedDate": self.utc(row["Modified"])}

    def company(self):
        row = self.division
        return {
            "companyName": row["Description"],
            "accountingPlatformRef": str(row["Code"]),
            "addresses": [{
                "type": "Billing", "line1": row["AddressLine1"],
                "city": row["City"], "country": row["Country"].strip(),
                "postalCode": row["Postcode"]}],
            "phoneNumbers": [{"number": row["Phone"], "type": "Primary"}],
            "webLinks": [{"type": "Website", "url": row["Website"]}],
            "registrationNumber": row["ChamberOfCommerceNumber"],
            "taxNumber": row["VATNumber"], "baseCurrency": row["Currency"],
            "createdDate": wall(row["Created"])}

    def check_lists(self):
        """The open-items lists are the terms, by document."""
        for line_type, rows in self.lists.items():
            open_terms = sum(
                money(term["AmountFC"], term["Currency"])
                for term in self.terms
                if term["LineType"] == line_type and term["Status"] == 20)
            listed = sum(money(row["Amount"], row["CurrencyCode"])
                         for row in rows)
            assert listed == (open_terms if line_type == 22 else
                              -open_terms), (line_type, listed, open_terms)


    def check_costs(self):
        """A line's code and description are a row's of the list; one line
        has a cost centre that is deleted."""
        missing = 0
        for parent, name in (("costCenters", "CostCenter"),
                             ("costUnits", "CostUnit")):
            known = {row["Code"]: row["Description"]
                     for row in self.costs[parent]}
            used = set()
            for line in self.lines:
                code, text = line[name], line[name + "Description"]
                if code is None:
                    assert text is None, line
                elif code in known:
                    assert text == known[code], line
                    used.add(code)
                else:
                    assert text, line
                    missing += 1
            assert used == set(known), (parent, used)
            assert bool(known) == self.tracking, parent
        assert missing == int(self.tracking), missing
        for row in self.costs["costCenters"]:
            assert row["Active"] == (row["EndDate"] is None), row

    def check_joins(self, same_id):
        """A processed invoice finds its entry: by the ID where that is the
        switch's reading, by Document, else by number and account."""
        by_document = {lines[0]["Document"]: entry for entry, lines in
                       self.entries.items() if lines[0]["Document"]}
        by_number = {(lines[0]["InvoiceNumber"], lines[0]["Account"]): entry
                     for entry, lines in self.entries.items()
                     if lines[0]["Type"] in (20, 21) and
                     entry not in self.reversals}
        for row in self.stream:
            if row["LineNumber"] or row["Status"] != 50:
                continue
            entry = by_number[row["InvoiceNumber"], row["InvoiceTo"]]
            if row["Document"]:
                assert by_document[row["Document"]] == entry
            assert (row["InvoiceID"] == entry) == same_id
            assert money(row["AmountFC"], row["Currency"]) == money(
                self.entries[entry][0]["AmountFC"], row["Currency"])


def flat(value, path, into):
    if isinstance(value, dict):
        for key, inner in value.items():
            flat(inner, path + "." + key, into)
    elif isinstance(value, list):
        into[path + "#"] = len(value)
        for index, inner in enumerate(value):
            flat(inner, "%s[%d]" % (path, index), into)
    else:
        into[path] = value


def same(made, true):
    if isinstance(made, (Decimal, int)) and not isinstance(made, bool) and \
            isinstance(true, str):
        return Decimal(made) == Decimal(true)
    return made == true


def compare(books, truth):
    fields = wrong = 0
    seen = collections.Counter()
    for kind, record in books.records():
        true = truth.pop((kind, record.get("id")), None)
        if true is None:
            print("not in the truth:", kind, record["id"])
            wrong += 1
            continue
        seen[kind] += 1
        if kind == "chartOfAccounts":
            for name in ("type", "fullyQualifiedCategory",
                         "fullyQualifiedName"):
                true.pop(name, None)
        left, right = {}, {}
        flat(record, "", left)
        flat(true, "", right)
        for path in sorted(left.keys() | right.keys()):
            fields += 1
            if path not in left or path not in right or \
                    not same(left[path], right[path]):
                wrong += 1
                if wrong <= 20:
                    print(kind, record.get("id"), path, left.get(path), "but",
                          right.get(path))
    for (kind, ident) in truth:
        print("only in the truth:", kind, ident)
        wrong += 1
    return fields, wrong, seen


def run(*options):
    with tempfile.TemporaryDirectory(prefix="exact-") as folder:
        truth_file = os.path.join(folder, "truth")
        url_file = os.path.join(folder, "url")
        env = {name: value for name, value in os.environ.items()
               if name != "EXACT_CLOCK"}
        process = subprocess.Popen(
            [SANDBOX, "--auto-consent", "--size", SIZE, "--country", "nl",
             "--size", SIZE, "--country", "uk", "--url-file", url_file,
             "--dump-truth", truth_file, "--limits",
             "minute=1000000,day=10000000", *options],
            stdout=subprocess.DEVNULL, env=env)
        try:
            while not os.path.exists(url_file):
                assert process.poll() is None
                time.sleep(0.01)
            with open(url_file) as file:
                url = file.read().strip()
            truth = collections.defaultdict(dict)
            with open(truth_file) as file:
                for text in file:
                    line = json.loads(text)
                    record = line["record"]
                    truth[line["division"]][
                        (line["dataType"], record.get("id"))] = record
            bad = 0
            for division, app in ((100001, "nl"), (100002, "uk")):
                books = Books(Reader(url, app, division), app == "uk",
                              "--tracking" in options)
                books.check_costs()
                books.check_lists()
                books.check_joins("--invoice-id" in options)
                fields, wrong, seen = compare(books, truth[division])
                print(app, SIZE, "fields compared:", fields,
                      "differences:", wrong, dict(seen))
                bad += wrong + (fields < 1000)
        finally:
            process.terminate()
            process.wait()
    return bad


def main():
    bad = run()
    if SIZE == "small":
        bad += run("--invoice-id", "entry", "--deleted-key", "header",
                   "--tracking")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
