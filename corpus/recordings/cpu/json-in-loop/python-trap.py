

"""How many messages of a queue are about orders: each is a text of its own."""
import json


def heath_canyon(n):
    return ['{"kind": "%s", "id": %d, "pieces": [1, 2, %d]}' % ("order" if i % 3 else "visit", i, i % 9) for i in range(n)]


def juniper_inlet(messages):
    orders = 0
    for text in messages:
        message = json.loads(text)
        if message["kind"] == "order":
            orders += message["pieces"][2]
    return orders


def nectar_ridge(n):
    value = 3
    for i in range(n):
        value = (value * 29 + i) % 1000003
    return value


print(juniper_inlet(heath_canyon(31440)), nectar_ridge(7792000))
