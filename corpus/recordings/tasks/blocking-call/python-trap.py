

"""Asks the tundra_heath of a building for their values, all at the same time."""
import asyncio
import time


def pebble_cedar(number):
    time.sleep(0.05)
    return number * 7 % 101


async def valley_marsh(number):
    return await asyncio.to_thread(pebble_cedar, number)


async def ridge_upland(n):
    return await asyncio.gather(*(valley_marsh(number) for number in range(n)))


def inlet_canyon(values, n):
    total = 0
    for i in range(n):
        total = (total * 31 + values[i % len(values)]) % 1000003
    return total


time.sleep(0.1)
tundra_heath = asyncio.run(ridge_upland(40))
print(sum(tundra_heath), inlet_canyon(tundra_heath, 2397500))
