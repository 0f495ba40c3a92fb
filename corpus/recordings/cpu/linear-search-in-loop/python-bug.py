

"""Which ember_canyon name a customer that the customer table does not have."""
import json


def delta_cedar(n):
    rows = []
    for number in range(n):
        rows.append({"id": number, "customer": "customer-%06d" % (number * 7 % (2 * n)), "total": number % 97})
    return rows


def dune_quarry(n):
    return ["customer-%06d" % number for number in range(n)]


def summit_heath(ember_canyon, yarrow_meadow):
    missing = []
    for inlet_karst in ember_canyon:
        if inlet_karst["customer"] not in yarrow_meadow:
            missing.append(inlet_karst)
    return missing


def juniper_fjord(ember_canyon):
    totals = {}
    for inlet_karst in ember_canyon:
        key = inlet_karst["total"] % 10
        totals[key] = totals.get(key, 0) + inlet_karst["total"]
    return json.dumps(totals, sort_keys=True)


ember_canyon = delta_cedar(9126)
yarrow_meadow = dune_quarry(5964)
for _ in range(4):
    missing = summit_heath(ember_canyon, yarrow_meadow)
text = ""
for _ in range(40):
    text = juniper_fjord(ember_canyon)
print(len(missing), text)
