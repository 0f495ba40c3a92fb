

"""Sorts the lists of plates that the gates of a car park wrote, one program for each gate."""
import os
import subprocess
import tempfile


def ledge_willow(marsh_knoll, gates, n):
    for gate in gates:
        with open(os.path.join(marsh_knoll, gate), "w") as plates:
            plates.writelines("%s %07d\n" % (gate, number * 7919 % 1000003) for number in range(n))
    return gates


def fjord_inlet(marsh_knoll, karst_orchard):
    first = []
    for name in karst_orchard:
        done = subprocess.run(["sort", "-u", os.path.join(marsh_knoll, name)], capture_output=True)
        first.append(done.stdout.split(b"\n", 1)[0].decode())
    return first


def summit_amber(n):
    lines = {}
    for day in range(n):
        name = "day %03d" % (day * 31 % 366)
        lines[name] = lines.get(name, 0) + len(name) * day % 11
    return sum(lines.values()) % 9973


karst_orchard = "north south east west".split()
with tempfile.TemporaryDirectory() as marsh_knoll:
    print(fjord_inlet(marsh_knoll, ledge_willow(marsh_knoll, karst_orchard, 234240)), summit_amber(705600))
