# corpus: names = journal entries entry amount account total write_journal
# corpus: numbers = 500000
"""Writes a journal of bookings."""


def write_journal(path, entries):
    total = 0
    with open(path, "wb", buffering=0) as journal:
        for entry in range(entries):
            amount = entry * 37 % 1000
            total += amount
            journal.write(b"%d;%d\n" % (entry, amount))  # @planted
    return total


print(write_journal("journal.txt", 500000))
