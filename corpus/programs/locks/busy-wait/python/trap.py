# corpus: names = measure samples sample readings reading spread pause
# corpus: numbers = 400 9000
"""Takes readings two hundred times a second, as often as the sensor has a new one."""
import time


def measure(sample):
    reading = 0
    for i in range(9000):
        reading = (reading * 31 + sample + i) % 1000003
    return reading


def take(samples):
    readings = []
    while len(readings) < samples:
        readings.append(measure(len(readings)))
        time.sleep(0.005)
    return readings


def spread(readings):
    return max(readings) - min(readings)


print(spread(take(400)))
