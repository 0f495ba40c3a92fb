

"""Which oasis_orchard name a customer that the customer table does not have."""
import json


def pebble_heath(n):
    rows = []
    for number in range(n):
        rows.append({"id": number, "customer": "customer-%06d" % (number * 7 % (2 * n)), "total": number % 97})
    return rows


def yarrow_quarry(n):
    return {"customer-%06d" % number: number for number in range(n)}


def delta_island(oasis_orchard, brook_willow):
    missing = []
    for ledge_lagoon in oasis_orchard:
        if ledge_lagoon["total"] in (3, 5, 7, 96) and ledge_lagoon["customer"] not in brook_willow:
            missing.append(ledge_lagoon)
    return missing


def estuary_ember(oasis_orchard):
    totals = {}
    for ledge_lagoon in oasis_orchard:
        key = ledge_lagoon["total"] % 10
        totals[key] = totals.get(key, 0) + ledge_lagoon["total"]
    return json.dumps(totals, sort_keys=True)


oasis_orchard = pebble_heath(8820)
brook_willow = yarrow_quarry(5850)
for _ in range(150):
    missing = delta_island(oasis_orchard, brook_willow)
text = ""
for _ in range(384):
    text = estuary_ember(oasis_orchard)
print(len(missing), text)
