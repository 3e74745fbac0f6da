"""The car's own certificate for its network: made once, renewed when it runs out or the names change.

Crews compare the fingerprint on the tablet with the one their device shows the first time; after that the device
notices any other car or an impostor.
"""

import ipaddress
import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from anpr.errors import ConfigError

_VALID: Final = timedelta(days=397)
"""The longest that current browsers accept for a server's certificate is 398 days."""

_RENEW_BEFORE: Final = timedelta(days=30)

_SUBJECT: Final = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Patrol ANPR in this car")])
"""By which this program knows the certificates that it made."""


@dataclass(frozen=True, slots=True)
class CarCertificate:
    """Files of the certificate and its key, and the certificate's SHA-256 fingerprint (AA:BB:…)."""

    certificate_path: Path
    key_path: Path
    fingerprint: str


def car_certificate(folder: Path, names: tuple[str, ...], clock_utc: Callable[[], datetime]) -> CarCertificate:
    """Return the certificate for these host names and addresses from the folder, made anew if need be.

    A certificate that this program did not make is the force's own: it is used as it is and never replaced, not even when it
    has run out or names other hosts. Raises ConfigError when the folder cannot be written, or such a one has no fitting key.
    """
    paths = folder / "car.crt", folder / "car.key"
    now = clock_utc().astimezone(UTC)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        current = _of_the_force(paths) or _current(paths, names, now)
        if current is None:
            current = _make(paths, names, now)
    except OSError as error:
        raise ConfigError(
            f"the certificate in {folder} cannot be written ({error.strerror}): check the folder"
        ) from error
    digest = current.fingerprint(hashes.SHA256()).hex().upper()
    return CarCertificate(paths[0], paths[1], ":".join(digest[i : i + 2] for i in range(0, len(digest), 2)))


def _of_the_force(paths: tuple[Path, Path]) -> x509.Certificate | None:
    """Return a certificate that this program did not make, None when it made it, or there is none that can be read."""
    try:
        certificate = x509.load_pem_x509_certificate(paths[0].read_bytes())
    except (FileNotFoundError, ValueError):
        return None
    if certificate.subject == certificate.issuer == _SUBJECT:
        return None
    try:
        key = serialization.load_pem_private_key(paths[1].read_bytes(), None)
    except (FileNotFoundError, ValueError, TypeError):
        key = None
    if key is None or key.public_key() != certificate.public_key():
        raise ConfigError(
            f"{paths[1]} is not the key of the certificate in {paths[0]}, which is left as it is: put its key there, without"
            " a passphrase, or move both away"
        )
    return certificate


def _current(paths: tuple[Path, Path], names: tuple[str, ...], now: datetime) -> x509.Certificate | None:
    """Return the certificate in the folder if it, and its key, still serve."""
    if not all(path.exists() for path in paths):
        return None
    try:
        certificate = x509.load_pem_x509_certificate(paths[0].read_bytes())
        key = serialization.load_pem_private_key(paths[1].read_bytes(), None)
        has = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except (ValueError, TypeError, x509.ExtensionNotFound):
        return None
    serves = (
        key.public_key() == certificate.public_key()
        and certificate.not_valid_before_utc <= now < certificate.not_valid_after_utc - _RENEW_BEFORE
        and set(has) == set(_alternative_names(names))
    )
    return certificate if serves else None


def _make(paths: tuple[Path, Path], names: tuple[str, ...], now: datetime) -> x509.Certificate:
    key = ec.generate_private_key(ec.SECP256R1())
    certificate = (
        x509.CertificateBuilder()
        .subject_name(_SUBJECT)
        .issuer_name(_SUBJECT)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + _VALID - timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName(_alternative_names(names)), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .sign(key, hashes.SHA256())
    )
    pem = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    for path in paths:  # what cannot be read may be somebody's own: it is put aside
        if path.exists():
            path.replace(path.with_suffix(path.suffix + ".before"))
    # Readable by nobody else from its first byte on
    with os.fdopen(os.open(paths[1], os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
        out.write(pem)
    paths[0].write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    return certificate


def _alternative_names(names: tuple[str, ...]) -> list[x509.GeneralName]:
    found: list[x509.GeneralName] = []
    for name in names:
        try:
            found.append(x509.IPAddress(ipaddress.ip_address(name)))
        except ValueError:
            found.append(x509.DNSName(name))
    return found
