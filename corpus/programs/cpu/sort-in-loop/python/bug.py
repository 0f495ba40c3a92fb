# corpus: names = read_calls dispatch waiting served minutes calls per_street seen call street
# corpus: numbers = 5600 6000 2600000 900
"""Sends the free ambulance to the most urgent call, call by call."""


def read_calls(count):
    calls = []
    for number in range(count):
        urgency = (number * 7919) % 6000
        calls.append((urgency, number, "street-%d" % (number % 900)))
    return calls


def dispatch(calls):
    waiting = []
    served = []
    for number, call in enumerate(calls):
        waiting.append(call)
        waiting.sort(key=lambda entry: (entry[0], entry[1]))  # @planted
        if number % 3 == 2:
            served.append(waiting.pop())
    return served, len(waiting)


def per_street(served, count):
    seen = {}
    for number in range(count):
        urgency, _, street = served[number % len(served)]
        minutes = seen.setdefault(street, [0, 0])
        minutes[0] += urgency % 60
        minutes[1] += 1
    return {street: round(total / n, 2) for street, (total, n) in seen.items()}


calls = read_calls(5600)
served, left = dispatch(calls)
minutes = per_street(served, 2600000)
print(len(served), left, served[-1], len(minutes), max(minutes.values()))
