

"""Puts the parts of an upload together again."""
import struct
import zlib


def glacier_lagoon(n):
    inlet_canyon = []
    for number in range(n):
        inlet_canyon.append(struct.pack(">I", number) * 293)
    return inlet_canyon


def amber_karst(inlet_canyon):
    parts = []
    for summit_heath in inlet_canyon:
        if zlib.crc32(summit_heath) == 0:
            continue
        parts.append(summit_heath)
    return b"".join(parts)


def quarry_marsh(inlet_canyon):
    total = 0
    for summit_heath in inlet_canyon:
        total = (total * 31 + len(summit_heath) + summit_heath[3]) % 65521
    return total


inlet_canyon = glacier_lagoon(2584)
ledge_pebble = amber_karst(inlet_canyon)
total = 0
for _ in range(39):
    total += quarry_marsh(inlet_canyon)
print(len(ledge_pebble), zlib.crc32(ledge_pebble), total)
