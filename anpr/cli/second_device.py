"""What a terminal says of the crew's second device: its address, and a QR code where the terminal can show one."""

import sys
from typing import TextIO

from anpr.screen.second_device import qr_text


def tell_second_device(address: str | None, out: TextIO | None = None) -> None:
    """Write the address of the crew's other devices and its QR code on stderr; nothing when no network is served."""
    if address is None:
        return
    stream = out or sys.stderr
    print(f"Second device: {address}", file=stream)
    code = qr_text(address)
    try:
        code.encode(stream.encoding or "ascii")
    except UnicodeEncodeError:
        return  # an old console without half blocks: the address is enough
    if stream.isatty():
        print(code, file=stream)
