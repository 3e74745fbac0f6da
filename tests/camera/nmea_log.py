"""A long NMEA log of a drive, as a receiver would send it, and ways to spoil it."""

import math
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import reduce

import numpy as np

START = datetime(2026, 11, 22, 23, 58, 0, tzinfo=UTC)  # runs over midnight


def sentence(body: str) -> bytes:
    """Return the sentence with its checksum and line end."""
    checksum = reduce(lambda a, b: a ^ b, body.encode(), 0)
    return f"${body}*{checksum:02X}\r\n".encode()


def degrees(value: float, digits: int) -> str:
    whole = int(abs(value))
    return f"{whole:0{digits}d}{(abs(value) - whole) * 60:08.5f}"


def place(second: int) -> tuple[float, float]:
    """Where the car is: northwards on the Greenwich meridian, from west to east of it, 20 m/s."""
    return 51.5 + second * 20 / 111_320, -0.001 + second * 2e-5


def second_of_drive(second: int, talker: str = "GP", status: str = "A") -> list[bytes]:
    """Return what a receiver says in one second."""
    at = START + timedelta(seconds=second)
    latitude, longitude = place(second)
    clock, day = at.strftime("%H%M%S.00"), at.strftime("%d%m%y")
    where = f"{degrees(latitude, 2)},N,{degrees(longitude, 3)},{'E' if longitude >= 0 else 'W'}"
    quality = 1 if status == "A" else 0
    return [
        sentence(f"{talker}RMC,{clock},{status},{where},038.9,012.5,{day},,,A"),
        sentence(f"{talker}VTG,012.5,T,,M,038.9,N,072.0,K,A"),
        sentence(f"{talker}GGA,{clock},{where},{quality},09,0.9,35.0,M,47.0,M,,"),
        sentence(f"{talker}GSA,A,{3 if quality else 1},04,05,09,12,17,24,,,,,,,2.5,1.3,2.1"),
        sentence(f"{talker}GSV,2,1,08,01,40,083,46,02,17,308,41,12,07,344,39,14,22,228,45"),
        sentence(f"{talker}TXT,01,01,02,ANTSTATUS=OK"),
    ]


def spoiled(pieces: list[bytes], seed: int) -> Iterator[tuple[bytes, bool]]:
    """Yield every sentence, most of them whole, with whether it should survive.

    The others are cut off, altered in one byte, broken into by the next one, or surrounded by garbage.
    """
    chance = np.random.default_rng(seed)
    for piece in pieces:
        kind = chance.integers(0, 10)
        at = int(chance.integers(2, len(piece) - 4))
        if kind == 0:
            yield piece[:at], False
        elif kind == 1:
            # One altered byte is what the checksum must always find.
            yield piece[:at] + bytes([piece[at] ^ 0x15]) + piece[at + 1 :], False
        elif kind == 2:
            yield piece[:at] + piece, True  # it starts twice: the second is whole
        elif kind == 3:
            garbage = bytes(b for b in chance.integers(0, 256, 40, dtype=np.uint8).tobytes() if b not in b"$")
            yield garbage + piece, True
        else:
            yield piece, True


def metres_apart(a: tuple[float, float], b: tuple[float, float]) -> float:
    return 111_320 * math.hypot(a[0] - b[0], (a[1] - b[1]) * math.cos(math.radians(a[0])))
