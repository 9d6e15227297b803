"""The container that Excel 95 and 97 keep a workbook in: [MS-CFB], version 3."""

from __future__ import annotations

import struct

SIGNATURE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
SECTOR = 512
# Smaller streams would go to a container inside the container.
SMALLEST = 4096
FREE, END, TABLE = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD
NOTHING = 0xFFFFFFFF
STORAGE, STREAM, ROOT = 1, 2, 5


def ole2(streams: dict[str, bytes]) -> bytes:
    """Return a container with these streams, at most three of them."""
    bodies = [_padded(content, SMALLEST) for content in streams.values()]
    body_sectors = sum(len(body) for body in bodies) // SECTOR
    # Sectors: the allocation table, the directory, the streams.
    table_sectors = 1
    while table_sectors * SECTOR // 4 < table_sectors + 1 + body_sectors:
        table_sectors += 1
    chains = [TABLE] * table_sectors + [END]
    entries = [_entry("Root Entry", ROOT, child=1 if streams else NOTHING)]
    for number, (name, body) in enumerate(zip(streams, bodies, strict=True), 1):
        first = len(chains)
        count = len(body) // SECTOR
        chains += [*range(first + 1, first + count), END]
        right = number + 1 if number < len(streams) else NOTHING
        entries.append(
            _entry(name, STREAM, right=right, start=first, size=len(streams[name]))
        )
    chains += [FREE] * (table_sectors * SECTOR // 4 - len(chains))
    header = SIGNATURE + bytes(16)
    header += struct.pack("<HHHHH6x", 0x3E, 3, 0xFFFE, 9, 6)
    header += struct.pack("<IIIIIIIII", 0, table_sectors, table_sectors, 0, SMALLEST,
                          END, 0, END, 0)  # fmt: skip
    places = list(range(table_sectors)) + [FREE] * (109 - table_sectors)
    header += struct.pack("<109I", *places)
    table = struct.pack(f"<{len(chains)}I", *chains)
    return header + table + _padded(b"".join(entries), SECTOR) + b"".join(bodies)


def _padded(content: bytes, smallest: int) -> bytes:
    size = max(smallest, -(-len(content) // SECTOR) * SECTOR)
    return content.ljust(size, b"\0")


def _entry(
    name: str,
    kind: int,
    *,
    right: int = NOTHING,
    child: int = NOTHING,
    start: int = END,
    size: int = 0,
) -> bytes:
    coded = (name + "\0").encode("utf-16-le")
    size = max(size, SMALLEST) if kind == STREAM else size
    return (
        coded.ljust(64, b"\0")
        + struct.pack("<HBBIII", len(coded), kind, 1, NOTHING, right, child)
        + bytes(36)
        + struct.pack("<IQ", start, size)
    )
