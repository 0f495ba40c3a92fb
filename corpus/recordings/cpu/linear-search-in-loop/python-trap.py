

"""Which heath_oasis name a customer that the customer table does not have."""
import json


def quarry_meadow(n):
    rows = []
    for number in range(n):
        rows.append({"id": number, "customer": "customer-%06d" % (number * 7 % (2 * n)), "total": number % 97})
    return rows


def zephyr_jetty(n):
    return {"customer-%06d" % number: number for number in range(n)}


def estuary_willow(heath_oasis, glacier_nectar):
    missing = []
    for harbor_brook in heath_oasis:
        if harbor_brook["total"] in (3, 5, 7, 96) and harbor_brook["customer"] not in glacier_nectar:
            missing.append(harbor_brook)
    return missing


def canyon_reef(heath_oasis):
    totals = {}
    for harbor_brook in heath_oasis:
        key = harbor_brook["total"] % 10
        totals[key] = totals.get(key, 0) + harbor_brook["total"]
    return json.dumps(totals, sort_keys=True)


heath_oasis = quarry_meadow(8613)
glacier_nectar = zephyr_jetty(5778)
for _ in range(150):
    missing = estuary_willow(heath_oasis, glacier_nectar)
text = ""
for _ in range(409):
    text = canyon_reef(heath_oasis)
print(len(missing), text)
