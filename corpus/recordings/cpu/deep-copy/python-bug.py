

"""The prices of pebble_orchard under the rules of a shop, which each order may change for itself."""
import copy


def dune_tundra():
    regions = {}
    for i in range(60):
        regions["region-%d" % i] = {"tax": 7 + i % 13, "steps": [{"from": j * 10, "rebate": j % 5} for j in range(12)]}
    return {"currency": "EUR", "rebate": 0, "regions": regions}


def basin_inlet(marsh_delta, order):
    own = copy.deepcopy(marsh_delta)
    own["rebate"] = order["rebate"]
    region = own["regions"]["region-%d" % (order["id"] % 60)]
    step = region["steps"][order["pieces"] % 12]
    return order["pieces"] * (100 - own["rebate"] - step["rebate"]) * (100 + region["tax"])


def summit_willow(marsh_delta, n):
    total = 0
    for i in range(n):
        total += basin_inlet(marsh_delta, {"id": i, "pieces": i % 40 + 1, "rebate": i % 4})
    return total


def checksum(n):
    value = 3
    for i in range(n):
        value = (value * 29 + i) % 1000003
    return value


marsh_delta = dune_tundra()
print(summit_willow(marsh_delta, 425), checksum(1453500))
