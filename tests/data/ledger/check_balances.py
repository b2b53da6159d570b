#!/usr/bin/env python3
"""Adds up the ledgers beside this file, straight from their text, and
compares with balances.txt. Shares nothing with the project's code."""
import decimal
import glob
import os
import sys

here = os.path.dirname(os.path.abspath(__file__))
known = {}
for line in open(os.path.join(here, "balances.txt"), encoding="ascii"):
    if not line.startswith("#"):
        account, debit, credit, balance = line.split()
        known[account] = (int(debit), int(credit), int(balance))
total = known.pop("total")
assert [sum(b[i] for b in known.values()) for i in range(3)] == list(total)

for path in sorted(glob.glob(os.path.join(here, "*FEC*.txt"))):
    raw = open(path, "rb").read()
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError:
        text = raw.decode("iso8859-15")
    lines = text.split("\r\n" if "\r\n" in text else "\n")
    separator = "\t" if "\t" in lines[0] else "|"
    sums = {}
    for line in lines[1:]:
        if not line:
            continue
        fields = [field.strip() for field in line.split(separator)]
        account = fields[4][:6]
        pair = sums.setdefault(account, [decimal.Decimal(0)] * 2)
        for column in (11, 12):
            pair[column - 11] += decimal.Decimal(fields[column].replace(",", "."))
    found = {a: (int(d * 100), int(c * 100), int((d - c) * 100))
             for a, (d, c) in sums.items()}
    if found != known:
        sys.exit("%s does not add up to balances.txt" % path)
    print("%s: %d accounts agree" % (os.path.basename(path), len(found)))
