"""Coroutines: chains of awaits with work at every depth, tasks side by side, and an event loop that waits."""
import asyncio
import selectors
import time

import truth


class Selector(selectors.DefaultSelector):
    """Measures where an idle event loop waits."""

    def select(self, timeout=None):
        return truth.blocked(self.wait_for_events, timeout)

    def wait_for_events(self, timeout):
        return super().select(timeout)


def parse_reply(rounds):
    state = 0x335
    for _ in range(rounds):
        state = (state * 69069 + 0x335) & 0xFFFFFFFF
    return state


def render_page(rounds):
    state = 0x347
    for _ in range(rounds):
        state = (state * 69069 + 0x347) & 0xFFFFFFFF
    return state


async def fetch_row(milli):
    await asyncio.sleep(0.003)
    truth.cpu(parse_reply, 2 * milli)


async def join_rows(milli):
    # The coroutine's own work; awaiting others here would be counted for it, and is not measured.
    with truth.cpu_of("join_rows"):
        state = 0x359
        for _ in range(4 * milli):
            state = (state * 69069 + 0x359) & 0xFFFFFFFF


async def collect_rows(milli):
    for _ in range(3):
        await fetch_row(milli)
    await join_rows(milli)


async def answer_request(milli):
    await collect_rows(milli)
    truth.cpu(render_page, 3 * milli)
    await asyncio.sleep(0.040)


async def serve(until, milli):
    while time.monotonic() < until:
        await asyncio.gather(*(answer_request(milli) for _ in range(4)))


def main():
    until = truth.deadline()
    milli = truth.rounds_per_milli()
    loop = asyncio.SelectorEventLoop(Selector())
    loop.run_until_complete(serve(until, milli))
    loop.close()
    truth.write("py_asyncio", 1)


main()
