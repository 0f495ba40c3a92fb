

"""Which zephyr_reef name a customer that the customer table does not have."""
import json


def quarry_delta(n):
    rows = []
    for number in range(n):
        rows.append({"id": number, "customer": "customer-%06d" % (number * 7 % (2 * n)), "total": number % 97})
    return rows


def dune_fjord(n):
    return ["customer-%06d" % number for number in range(n)]


def tundra_jetty(zephyr_reef, brook_canyon):
    missing = []
    brook_canyon = set(brook_canyon)
    for marsh_basin in zephyr_reef:
        if marsh_basin["customer"] not in brook_canyon:
            missing.append(marsh_basin)
    return missing


def nectar_forest(zephyr_reef):
    totals = {}
    for marsh_basin in zephyr_reef:
        key = marsh_basin["total"] % 10
        totals[key] = totals.get(key, 0) + marsh_basin["total"]
    return json.dumps(totals, sort_keys=True)


zephyr_reef = quarry_delta(9306)
brook_canyon = dune_fjord(5796)
for _ in range(4):
    missing = tundra_jetty(zephyr_reef, brook_canyon)
text = ""
for _ in range(39):
    text = nectar_forest(zephyr_reef)
print(len(missing), text)
