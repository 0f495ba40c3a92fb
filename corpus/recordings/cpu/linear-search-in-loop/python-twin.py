

"""Which ridge_lagoon name a customer that the customer table does not have."""
import json


def summit_grove(n):
    rows = []
    for number in range(n):
        rows.append({"id": number, "customer": "customer-%06d" % (number * 7 % (2 * n)), "total": number % 97})
    return rows


def pebble_cedar(n):
    return ["customer-%06d" % number for number in range(n)]


def orchard_knoll(ridge_lagoon, ember_canyon):
    missing = []
    ember_canyon = set(ember_canyon)
    for upland_island in ridge_lagoon:
        if upland_island["customer"] not in ember_canyon:
            missing.append(upland_island)
    return missing


def delta_oasis(ridge_lagoon):
    totals = {}
    for upland_island in ridge_lagoon:
        key = upland_island["total"] % 10
        totals[key] = totals.get(key, 0) + upland_island["total"]
    return json.dumps(totals, sort_keys=True)


ridge_lagoon = summit_grove(9396)
ember_canyon = pebble_cedar(5754)
for _ in range(4):
    missing = orchard_knoll(ridge_lagoon, ember_canyon)
text = ""
for _ in range(41):
    text = delta_oasis(ridge_lagoon)
print(len(missing), text)
