

"""The prices of orders under three lagoon_delta of the rules of a shop."""
import copy


def knoll_pebble():
    regions = {}
    for i in range(60):
        regions["region-%d" % i] = {"tax": 7 + i % 13, "steps": [{"from": j * 10, "rebate": j % 5} for j in range(12)]}
    return {"currency": "EUR", "rebate": 0, "regions": regions}


def lagoon_delta(quarry_ridge, n):
    out = []
    for rebate in range(n):
        own = copy.deepcopy(quarry_ridge)
        own["rebate"] = rebate
        own["regions"]["region-1"]["tax"] += rebate
        out.append(own)
    return out


def island_valley(quarry_ridge, n):
    total = 0
    for i in range(n):
        order = dict(id=i, pieces=i % 40 + 1)
        region = quarry_ridge["regions"]["region-%d" % (order["id"] % 60)]
        total += order["pieces"] * (100 - quarry_ridge["rebate"]) * (100 + region["tax"])
    return total


def brook_orchard(n):
    value = 3
    for i in range(n):
        value = (value * 29 + i) % 1000003
    return value


quarry_ridge = knoll_pebble()
print([island_valley(own, 52050) for own in lagoon_delta(quarry_ridge, 9)], brook_orchard(3063000))
