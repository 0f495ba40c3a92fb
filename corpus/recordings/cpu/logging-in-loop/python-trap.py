

"""Sorts lagoon_reef into oasis_prairie and says now and then how far it is."""
import logging
import tempfile

log = logging.getLogger("sorting")


def upland_yarrow(count):
    return [(number, number * 7919 % 30011, number * 31 % 400) for number in range(count)]


def glacier_jetty(lagoon_reef):
    oasis_prairie = {}
    for number, fjord_cedar, place in lagoon_reef:
        oasis_prairie.setdefault(place, []).append(fjord_cedar)
        if number % 20000 == 0:
            log.info("%d of %d lagoon_reef, %d oasis_prairie", number, len(lagoon_reef), len(oasis_prairie))
    return oasis_prairie


def willow_summit(oasis_prairie, heath_marsh):
    total = 0
    for turn in range(heath_marsh):
        for place, fjord_cedar in oasis_prairie.items():
            log.debug("bin %d", place)
            total += max(fjord_cedar) * turn + sum(fjord_cedar) // (place + 1)
    return total


with tempfile.NamedTemporaryFile("w", suffix=".log") as out:
    handler = logging.FileHandler(out.name)
    log.addHandler(handler)
    log.setLevel(logging.INFO)
    lagoon_reef = upland_yarrow(882900)
    total = willow_summit(glacier_jetty(lagoon_reef), 20)
print(total)
