"""What answers at a camera's address: asked before a stream is opened, so that a fault has its right name at once.

FFmpeg alone says "input/output error" after seconds, be it a wrong host, a wrong path or a wrong password.
"""

import base64
import socket
import ssl
from pathlib import Path
from typing import Final
from urllib.parse import SplitResult, unquote, urlsplit

from anpr.address import Address
from anpr.faults import CameraError, FaultKind
from camera.sources.verified_host import (
    TLS_SCHEMES,
    VerifiedHost,
    require_of_car_network,
    unverified,
    verified_host,
)

_PORTS: Final = {"rtsp": 554, "rtsps": 322, "http": 80, "https": 443, "rtmp": 1935}

CONNECT_S: Final = 1.0
"""A camera in the same car answers within milliseconds; with the question below it must stay within 2 s."""

ANSWER_S: Final = 0.8


def check_address(address: Address, certificate: Path | None = None) -> VerifiedHost | None:
    """Return when something that may be video answers at the URL, and by what its host was verified; else raise CameraError.

    Asks HTTP and RTSP servers for the head of their answer; of other protocols only the connection is tried, and of
    datagrams nothing. A login goes to nobody but a host that is verified, by `certificate` or the system's authorities, or, without TLS,
    one of the car's own network.
    """
    shown = str(address)
    parts = _parts(address)
    if parts is None:
        raise CameraError(
            f"{shown} is not a valid address; in a user or a password write / as %2F, ? as %3F, # as %23 and @ as %40",
            FaultKind.CAMERA_WRONG_ADDRESS,
        )
    port = parts.port or _PORTS.get(parts.scheme)
    if parts.scheme in ("udp", "srt") or not _needs_host(parts, shown) or port is None:
        return None
    verified = (
        verified_host(address, parts.hostname or "", certificate)
        if parts.username is not None and parts.scheme in TLS_SCHEMES
        else None
    )
    try:
        with socket.create_connection((parts.hostname or "", port), timeout=CONNECT_S) as connection:
            connection.settimeout(ANSWER_S)
            status, kind = _ask(connection, address, parts, verified)
    except (socket.gaierror, UnicodeError) as error:
        raise CameraError(f"the host of {shown} is not known", FaultKind.CAMERA_WRONG_ADDRESS) from error
    except ssl.SSLCertVerificationError as error:
        raise unverified(address) from error
    except ssl.SSLError as error:
        raise CameraError(f"{shown} does not speak TLS", FaultKind.CAMERA_WRONG_ADDRESS) from error
    except ConnectionRefusedError as error:
        raise CameraError(f"nothing listens at {shown}", FaultKind.CAMERA_UNREACHABLE) from error
    except TimeoutError as error:
        raise CameraError(f"{shown} does not answer", FaultKind.CAMERA_UNREACHABLE) from error
    except OSError as error:
        raise CameraError(
            f"{shown} cannot be reached: {error.strerror or error}", FaultKind.CAMERA_UNREACHABLE
        ) from error
    _judge(status, kind, parts, shown)
    return verified


def _parts(address: Address) -> SplitResult | None:
    """Return the address taken apart; None when that cannot be done (the error's text would hold parts of it)."""
    try:
        parts = urlsplit(address.to_open())
        _ = parts.port
    except ValueError:
        return None
    return parts


def _needs_host(parts: SplitResult, shown: str) -> bool:
    if not parts.hostname:
        raise CameraError(f"{shown} names no host", FaultKind.CAMERA_WRONG_ADDRESS)
    return True


def _ask(
    connection: socket.socket, address: Address, parts: SplitResult, verified: VerifiedHost | None
) -> tuple[int, str]:
    """Return the status and the content type of the answer's head; 0 and empty when the protocol is not asked."""
    if parts.username is not None and parts.scheme not in TLS_SCHEMES:
        require_of_car_network(address, connection)
    if parts.scheme in ("http", "https"):
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        login = ""
        if parts.username is not None:
            pair = f"{unquote(parts.username)}:{unquote(parts.password or '')}".encode()
            login = f"Authorization: Basic {base64.b64encode(pair).decode()}\r\n"
        request = f"GET {path} HTTP/1.0\r\nHost: {parts.hostname}\r\n{login}Connection: close\r\n\r\n"
    elif parts.scheme in ("rtsp", "rtsps"):
        host = (parts.hostname or "") + (f":{parts.port}" if parts.port else "")
        target = parts._replace(netloc=host).geturl()
        request = f"DESCRIBE {target} RTSP/1.0\r\nCSeq: 1\r\nAccept: application/sdp\r\n\r\n"
    else:
        return 0, ""
    stream = connection
    if verified is not None:
        stream = verified.context().wrap_socket(connection, server_hostname=verified.name)
    elif parts.scheme in TLS_SCHEMES:
        # Nothing is secret here, and cameras have certificates of their own making.
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        stream = context.wrap_socket(connection, server_hostname=parts.hostname)
    with stream:  # wrapping took the connection out of the hands of whoever gave it
        stream.sendall(request.encode())
        return _head(stream)


def _head(stream: socket.socket) -> tuple[int, str]:
    answer = b""
    while b"\r\n\r\n" not in answer and b"\n\n" not in answer and len(answer) < 8192:
        piece = stream.recv(1024)
        if not piece:
            break
        answer += piece
    # What follows the blank line is no part of the head, and may name types of its own.
    lines = answer.replace(b"\r\n", b"\n").partition(b"\n\n")[0].decode("latin-1").splitlines()
    words = lines[0].split() if lines else []
    status = int(words[1]) if len(words) > 1 and words[1].isdecimal() else -1
    kinds = [line.partition(":")[2].strip().lower() for line in lines[1:] if line.lower().startswith("content-type:")]
    return status, kinds[0] if kinds else ""


def _judge(status: int, kind: str, parts: SplitResult, shown: str) -> None:
    if status in (401, 403, 407):
        # A camera that wants a digest login refuses this first question even when user and password are right.
        if status == 401 and parts.username is not None:
            return
        raise CameraError(f"{shown} wants a user and a password that it accepts", FaultKind.CAMERA_NO_PERMISSION)
    if status in (404, 410, 454):
        raise CameraError(f"{shown} has nothing at this path", FaultKind.CAMERA_WRONG_ADDRESS)
    if status >= 500:
        raise CameraError(f"{shown} answers with error {status}", FaultKind.CAMERA_UNREACHABLE)
    if status >= 400 and parts.scheme in ("http", "https"):
        raise CameraError(f"{shown} refuses with status {status}", FaultKind.CAMERA_WRONG_ADDRESS)
    if status == -1:
        raise CameraError(f"{shown} is not a {parts.scheme.upper()} server", FaultKind.CAMERA_WRONG_ADDRESS)
    if kind.startswith(("text/html", "text/plain", "application/json")):
        raise CameraError(f"{shown} is a web page, not a video", FaultKind.CAMERA_WRONG_ADDRESS)
