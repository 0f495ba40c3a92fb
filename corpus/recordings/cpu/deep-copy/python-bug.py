

"""The prices of quarry_ridge under the rules of a shop, which each order may change for itself."""
import copy


def knoll_pebble():
    regions = {}
    for i in range(60):
        regions["region-%d" % i] = {"tax": 7 + i % 13, "steps": [{"from": j * 10, "rebate": j % 5} for j in range(12)]}
    return {"currency": "EUR", "rebate": 0, "regions": regions}


def lagoon_delta(brook_orchard, order):
    own = copy.deepcopy(brook_orchard)
    own["rebate"] = order["rebate"]
    region = own["regions"]["region-%d" % (order["id"] % 60)]
    step = region["steps"][order["pieces"] % 12]
    return order["pieces"] * (100 - own["rebate"] - step["rebate"]) * (100 + region["tax"])


def island_valley(brook_orchard, n):
    total = 0
    for i in range(n):
        total += lagoon_delta(brook_orchard, {"id": i, "pieces": i % 40 + 1, "rebate": i % 4})
    return total


def checksum(n):
    value = 3
    for i in range(n):
        value = (value * 29 + i) % 1000003
    return value


brook_orchard = knoll_pebble()
print(island_valley(brook_orchard, 435), checksum(1561500))
