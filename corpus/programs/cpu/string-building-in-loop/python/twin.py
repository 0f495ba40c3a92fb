# corpus: names = read_chunks assemble checksum_of chunks body chunk
# corpus: numbers = 2600 300 40
"""Puts the parts of an upload together again."""
import struct
import zlib


def read_chunks(n):
    chunks = []
    for number in range(n):
        chunks.append(struct.pack(">I", number) * 300)
    return chunks


def assemble(chunks):
    parts = []
    for chunk in chunks:
        if zlib.crc32(chunk) == 0:
            continue
        parts.append(chunk)
    return b"".join(parts)


def checksum_of(chunks):
    total = 0
    for chunk in chunks:
        total = (total * 31 + len(chunk) + chunk[3]) % 65521
    return total


chunks = read_chunks(2600)
body = assemble(chunks)
total = 0
for _ in range(40):
    total += checksum_of(chunks)
print(len(body), zlib.crc32(body), total)
