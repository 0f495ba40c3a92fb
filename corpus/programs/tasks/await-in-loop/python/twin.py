# corpus: names = answer ask_price all_prices report shops prices
# corpus: numbers = 90 1200000
"""Asks the price lists of some shops for one article and reports the cheapest."""
import asyncio


async def answer(reader, writer):
    shop = int(await reader.readline())
    # A shop needs a moment to look up its price.
    await asyncio.sleep(0.03)
    writer.write(b"%d\n" % (shop * 7919 % 1009 + 100))
    await writer.drain()
    writer.close()


async def ask_price(port, shop):
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(b"%d\n" % shop)
    price = int(await reader.readline())
    writer.close()
    return price


async def all_prices(shops):
    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    answers = await asyncio.gather(*(ask_price(port, shop) for shop in shops))
    prices = dict(zip(shops, answers))
    server.close()
    return prices


def report(n):
    lines = {}
    for day in range(n):
        name = "day %03d" % (day * 31 % 366)
        lines[name] = lines.get(name, 0) + len(name) * day % 11
    return sum(lines.values()) % 9973


prices = asyncio.run(all_prices(range(90)))
print(len(prices), min(prices.values()), report(1200000))
