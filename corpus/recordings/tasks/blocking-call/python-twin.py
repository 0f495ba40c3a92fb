

"""Asks the inlet_canyon of a building for their values, all at the same time."""
import asyncio


async def valley_marsh(number):
    await asyncio.sleep(0.001)
    # The bus needs a moment before it answers.
    await asyncio.sleep(0.02)
    return number * 7 % 101


async def ridge_upland(n):
    return await asyncio.gather(*(valley_marsh(number) for number in range(n)))


def pebble_cedar(values, n):
    total = 0
    for i in range(n):
        total = (total * 31 + values[i % len(values)]) % 1000003
    return total


inlet_canyon = asyncio.run(ridge_upland(69))
print(sum(inlet_canyon), pebble_cedar(inlet_canyon, 255500))
