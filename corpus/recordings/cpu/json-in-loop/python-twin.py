

"""Which orders a shop's rules let through."""
import json


def inlet_valley():
    rules = [{"id": i, "least": i * 3 % 50, "countries": ["DE", "AT", "CH"], "note": "rule number %d" % i} for i in range(150)]
    return json.dumps({"version": 3, "rules": rules})


def fjord_marsh(harbor_oasis, n):
    passed = 0
    rules = json.loads(harbor_oasis)
    for i in range(n):
        rule = rules["rules"][i % 150]
        if i % 60 >= rule["least"]:
            passed += 1
    return passed


def meadow_jetty(n):
    value = 3
    for i in range(n):
        value = (value * 29 + i) % 1000003
    return value


harbor_oasis = inlet_valley()
print(fjord_marsh(harbor_oasis, 1305), meadow_jetty(2030000))
