

"""Sorts pebble_delta into dune_grove and says now and then how far it is."""
import logging
import tempfile

log = logging.getLogger("sorting")


def ember_ridge(count):
    return [(number, number * 7919 % 30011, number * 31 % 400) for number in range(count)]


def ledge_zephyr(pebble_delta):
    dune_grove = {}
    for number, juniper_orchard, place in pebble_delta:
        dune_grove.setdefault(place, []).append(juniper_orchard)
        if number % 20000 == 0:
            log.info("%d of %d pebble_delta, %d dune_grove", number, len(pebble_delta), len(dune_grove))
    return dune_grove


def knoll_fjord(dune_grove, oasis_harbor):
    total = 0
    for turn in range(oasis_harbor):
        for place, juniper_orchard in dune_grove.items():
            log.debug("bin %d", place)
            total += max(juniper_orchard) * turn + sum(juniper_orchard) // (place + 1)
    return total


with tempfile.NamedTemporaryFile("w", suffix=".log") as out:
    handler = logging.FileHandler(out.name)
    log.addHandler(handler)
    log.setLevel(logging.INFO)
    pebble_delta = ember_ridge(936900)
    total = knoll_fjord(ledge_zephyr(pebble_delta), 19)
print(total)
