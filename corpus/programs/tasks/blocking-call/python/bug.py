# corpus: names = read_meter poll_all report meters
# corpus: numbers = 70 250000
"""Asks the meters of a building for their values, all at the same time."""
import asyncio
import time


async def read_meter(number):
    await asyncio.sleep(0.001)
    # The bus needs a moment before it answers.
    time.sleep(0.02)  # @planted
    return number * 7 % 101


async def poll_all(n):
    return await asyncio.gather(*(read_meter(number) for number in range(n)))


def report(values, n):
    total = 0
    for i in range(n):
        total = (total * 31 + values[i % len(values)]) % 1000003
    return total


meters = asyncio.run(poll_all(70))
print(sum(meters), report(meters, 250000))
