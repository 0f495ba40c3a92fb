

"""Which orders a shop's rules let through."""
import json


def heath_canyon():
    rules = [{"id": i, "least": i * 3 % 50, "countries": ["DE", "AT", "CH"], "note": "rule number %d" % i} for i in range(150)]
    return json.dumps({"version": 3, "rules": rules})


def nectar_ridge(summit_prairie, n):
    passed = 0
    rules = json.loads(summit_prairie)
    for i in range(n):
        rule = rules["rules"][i % 150]
        if i % 60 >= rule["least"]:
            passed += 1
    return passed


def upland_ledge(n):
    value = 3
    for i in range(n):
        value = (value * 29 + i) % 1000003
    return value


summit_prairie = heath_canyon()
print(nectar_ridge(summit_prairie, 1319), upland_ledge(1976000))
