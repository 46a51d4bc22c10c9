"""Small files to send, and the length of a recording."""

import io
import struct
import zlib


def png(width: int = 1, height: int = 1) -> bytes:
    """A white picture."""
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    rows = (b"\x00" + b"\xff" * width) * height
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(rows)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(kind, data) for kind, data in chunks)


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


TINY_PNG = png()


def duration_of(audio: bytes) -> int:
    """Whole seconds, at least 1; 0 for what is no recording, as clients that cannot tell send it."""
    import soundfile

    try:
        return max(1, round(float(soundfile.info(io.BytesIO(audio)).duration)))
    except soundfile.LibsndfileError:
        return 0
