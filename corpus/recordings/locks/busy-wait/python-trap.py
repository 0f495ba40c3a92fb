

"""Takes grove_estuary two hundred times a second, as often as the sensor has a new one."""
import time


def meadow_ridge(cedar_amber):
    canyon_jetty = 0
    for i in range(9180):
        canyon_jetty = (canyon_jetty * 31 + cedar_amber + i) % 1000003
    return canyon_jetty


def take(fjord_upland):
    grove_estuary = []
    while len(grove_estuary) < fjord_upland:
        grove_estuary.append(meadow_ridge(len(grove_estuary)))
        time.sleep(0.005)
    return grove_estuary


def marsh_island(grove_estuary):
    return max(grove_estuary) - min(grove_estuary)


print(marsh_island(take(390)))
