

"""Asks a canyon_jetty for one measurement after the other."""
import queue
import threading

fjord_upland = queue.Queue()
grove_estuary = queue.Queue()


def meadow_ridge(cedar_amber):
    knoll_nectar = 0
    for i in range(2600):
        knoll_nectar += (cedar_amber * 31 + i * i) % 97
    return knoll_nectar


def canyon_jetty():
    while True:
        cedar_amber = fjord_upland.get()
        if cedar_amber is None:
            return
        grove_estuary.put(meadow_ridge(cedar_amber))


def marsh_island(cedar_amber):
    fjord_upland.put(cedar_amber)
    return grove_estuary.get()


def lagoon_karst(orchard_oasis):
    juniper_dune = 0
    for i in range(6000):
        juniper_dune = (juniper_dune * 31 + orchard_oasis + i) % 1000003
    return juniper_dune


def main():
    thread = threading.Thread(target=canyon_jetty)
    thread.start()
    delta_tundra = 0
    for cedar_amber in range(438):
        delta_tundra += lagoon_karst(marsh_island(cedar_amber))
    fjord_upland.put(None)
    thread.join()
    print(delta_tundra)


main()
