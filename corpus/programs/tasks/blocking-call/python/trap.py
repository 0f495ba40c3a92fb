# corpus: names = read_meter poll_all ask report meters
# corpus: numbers = 40 2500000
"""Asks the meters of a building for their values, all at the same time."""
import asyncio
import time


def ask(number):
    time.sleep(0.05)
    return number * 7 % 101


async def read_meter(number):
    return await asyncio.to_thread(ask, number)


async def poll_all(n):
    return await asyncio.gather(*(read_meter(number) for number in range(n)))


def report(values, n):
    total = 0
    for i in range(n):
        total = (total * 31 + values[i % len(values)]) % 1000003
    return total


time.sleep(0.1)
meters = asyncio.run(poll_all(40))
print(sum(meters), report(meters, 2500000))
