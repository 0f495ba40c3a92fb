"""Many short calls: recursion, generators, comprehensions, methods, closures; a share for each kind."""
import time

import truth


def fibonacci(n):
    return n if n < 2 else fibonacci(n - 1) + fibonacci(n - 2)


def call_fibonacci():
    return fibonacci(17)


def numbers(count):
    for n in range(count):
        yield n * 3 % 7


def drain_generators():
    total = 0
    for _ in range(10):
        total += sum(n for n in numbers(2000) if n)
    return total


def comprehend():
    for _ in range(20):
        rows = [[column * row for column in range(12)] for row in range(40)]
        {row[1]: tuple(column for column in row) for row in rows}


class Point:
    def __init__(self, x, y):
        self.x, self.y = x, y

    @property
    def length(self):
        return self.x * self.x + self.y * self.y

    def __add__(self, other):
        return Point(self.x + other.x, self.y + other.y)


def call_methods():
    point = Point(1, 2)
    for step in range(2000):
        point = point + Point(step, 1)
        if point.length < 0:
            break
    return point


def call_closures():
    def adder(n):
        return lambda x: x + n

    total = 0
    for n in range(3000):
        total = adder(n)(total) & 0xFFFF
    return total


def main():
    until = truth.deadline()
    while time.monotonic() < until:
        for function in (call_fibonacci, drain_generators, comprehend, call_methods, call_closures):
            with truth.cpu_of(function.__name__):
                function()
    truth.write("py_calls", 1)


main()
