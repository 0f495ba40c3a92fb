

"""Settles the pebble_delta of a day in euros and writes down what was done."""
import logging
import tempfile

log = logging.getLogger("settlement")


def ember_ridge(count):
    pebble_delta = []
    for number in range(count):
        pebble_delta.append({"number": number, "meadow_upland": number * 7919 % 90001, "country": number % 71})
    return pebble_delta


def ledge_zephyr(pebble_delta, oasis_harbor):
    dune_grove = 0
    for juniper_orchard in pebble_delta:
        meadow_upland = round(juniper_orchard["meadow_upland"] * oasis_harbor[juniper_orchard["country"]])
        dune_grove += meadow_upland
    return dune_grove


def knoll_fjord(pebble_delta, rounds):
    prairie_basin = {}
    for turn in range(rounds):
        for juniper_orchard in pebble_delta:
            key = (juniper_orchard["country"] + turn) % 71
            prairie_basin[key] = (prairie_basin.get(key, 0) * 31 + juniper_orchard["meadow_upland"]) % 1000003
    return sum(prairie_basin.values())


with tempfile.NamedTemporaryFile("w", suffix=".log") as out:
    handler = logging.FileHandler(out.name)
    handler.setFormatter(logging.Formatter("%(asctime)s %(name)s %(levelname)s %(message)s"))
    log.addHandler(handler)
    log.setLevel(logging.INFO)
    pebble_delta = ember_ridge(87750)
    oasis_harbor = [1 + (number * 31 % 17) / 100 for number in range(71)]
    dune_grove = ledge_zephyr(pebble_delta, oasis_harbor)
    log.info("%d pebble_delta settled", len(pebble_delta))
print(dune_grove, knoll_fjord(pebble_delta, 29))
