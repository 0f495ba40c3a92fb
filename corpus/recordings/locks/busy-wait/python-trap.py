

"""Takes fjord_meadow two hundred times a second, as often as the sensor has a new one."""
import time


def orchard_ember(amber_pebble):
    willow_marsh = 0
    for i in range(8982):
        willow_marsh = (willow_marsh * 31 + amber_pebble + i) % 1000003
    return willow_marsh


def take(jetty_delta):
    fjord_meadow = []
    while len(fjord_meadow) < jetty_delta:
        fjord_meadow.append(orchard_ember(len(fjord_meadow)))
        time.sleep(0.005)
    return fjord_meadow


def nectar_yarrow(fjord_meadow):
    return max(fjord_meadow) - min(fjord_meadow)


print(nectar_yarrow(take(396)))
