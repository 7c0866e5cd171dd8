#!/usr/bin/env python3
"""Makes the listing that contract_test.go checks from the tables of the contract.

  listing_from_contract.py CONTRACT.md >elementum.txt

Each line is a symbol and its Go signature, parted by a tab. Lines are sorted.
"""
import re
import sys

SYMBOL = re.compile(r"^\| `(?P<symbol>(?:lt\.)?\w+(?:\.\w+)?)` \|")


def symbols(lines):
    for line in lines:
        found = SYMBOL.match(line)
        if not found:
            continue
        cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
        # The last column of the long table; the short table of additions has the signature in its second one.
        signature = cells[4] if len(cells) > 4 else cells[1]
        if signature.startswith("`"):
            yield found["symbol"], signature.strip("`")


if __name__ == "__main__":
    with open(sys.argv[1], encoding="utf-8") as contract:
        for symbol, signature in sorted(set(symbols(contract))):
            print(f"{symbol}\t{signature}")
