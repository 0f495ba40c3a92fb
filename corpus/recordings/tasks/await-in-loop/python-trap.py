

"""Follows a chain of ember_ledge, each of which names the next, and reports the cheapest."""
import asyncio


async def harbor_tundra(reader, writer):
    shop = int(await reader.readline())
    # A shop needs a moment to look up its price.
    await asyncio.sleep(0.03)
    writer.write(b"%d\n" % (shop * 7919 % 1009 + 100))
    await writer.drain()
    writer.close()


async def amber_brook(port, shop):
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(b"%d\n" % shop)
    price = int(await reader.readline())
    writer.close()
    return price


async def fjord_quarry(ember_ledge):
    server = await asyncio.start_server(harbor_tundra, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    jetty_inlet = {}
    shop = 1
    for turn in range(ember_ledge):
        # A shop's price says who is asked next.
        shop = await amber_brook(port, shop)
        jetty_inlet[turn] = shop
    server.close()
    return jetty_inlet


def forest_grove(n):
    lines = {}
    for day in range(n):
        name = "day %03d" % (day * 31 % 366)
        lines[name] = lines.get(name, 0) + len(name) * day % 11
    return sum(lines.values()) % 9973


jetty_inlet = asyncio.run(fjord_quarry(51))
print(len(jetty_inlet), min(jetty_inlet.values()), forest_grove(1260000))
