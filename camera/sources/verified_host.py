"""Whom a camera's user and password are sent to: a host that is verified or pinned, or, unencrypted, one of the car's own network."""

import socket
import ssl
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.x509.oid import NameOID

from anpr.address import Address
from anpr.errors import AnprError
from anpr.faults import CameraError, FaultKind

TLS_SCHEMES: Final = ("https", "rtsps")


@dataclass(frozen=True, slots=True)
class VerifiedHost:
    """By what a host is verified: a file of certificates to trust (PEM), and the name that its certificate bears."""

    trusted: Path
    name: str

    def context(self) -> ssl.SSLContext:
        """Return what connects to no other host."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.load_verify_locations(self.trusted)
        return context

    def options(self) -> dict[str, str]:
        """Return what makes FFmpeg connect to no other host."""
        return {"tls_verify": "1", "ca_file": str(self.trusted), "verifyhost": self.name}


def verified_host(address: Address, host: str, certificate: Path | None) -> VerifiedHost:
    """Return by what the host of an address is verified before a login is sent to it.

    `certificate` is a file with the camera's own certificate, which is then the only one and may bear any name, or with an
    authority's, whose certificates must bear the host's; None means the system's authorities. Raises CameraError when there is no such
    file.
    """
    if certificate is None:
        paths = ssl.get_default_verify_paths()
        if paths.cafile is None:
            raise unverified(address)
        return VerifiedHost(Path(paths.cafile), host)
    try:
        pinned = x509.load_pem_x509_certificates(certificate.read_bytes())
    except (OSError, ValueError):
        pinned = []
    if not pinned:
        raise CameraError(f"{certificate} holds no certificate (PEM) of {address}", FaultKind.CAMERA_WRONG_ADDRESS)
    is_own = len(pinned) == 1 and not _is_authority(pinned[0])
    return VerifiedHost(certificate, _name(pinned[0]) if is_own else host)


def unverified(address: Address) -> AnprError:
    """Return what is raised where nobody vouches for the host."""
    return CameraError(
        f"{address} cannot prove that it is the camera, so it gets no password: name its certificate in '[[camera]] certificate'",
        FaultKind.CAMERA_WRONG_ADDRESS,
    )


def require_of_car_network(address: Address, connection: socket.socket) -> None:
    """Raise CameraError when an unencrypted login would leave the car's own network."""
    peer = ip_address(connection.getpeername()[0].partition("%")[0])
    if not peer.is_private:  # RFC 1918, RFC 4193, link-local, this machine
        raise CameraError(
            f"{address} is not in the car's network and not encrypted, so it gets no password: use https:// or rtsps://",
            FaultKind.CAMERA_WRONG_ADDRESS,
        )


def _is_authority(certificate: x509.Certificate) -> bool:
    try:
        return certificate.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    except x509.ExtensionNotFound:
        return False


def _name(certificate: x509.Certificate) -> str:
    """Return a name that the certificate bears."""
    try:
        names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
        found = [*names.get_values_for_type(x509.DNSName), *map(str, names.get_values_for_type(x509.IPAddress))]
    except x509.ExtensionNotFound:
        found = [str(one.value) for one in certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)]
    return found[0] if found else ""
