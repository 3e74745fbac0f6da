import stat
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from anpr.errors import ConfigError
from anpr.screen.certificate import car_certificate

NOW = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)
NAMES = ("patrol.local", "192.168.5.1", "::1")


def test_the_certificate_names_the_car_and_its_key_is_nobody_elses(tmp_path: Path) -> None:
    made = car_certificate(tmp_path / "tls", NAMES, lambda: NOW)
    certificate = x509.load_pem_x509_certificate(made.certificate_path.read_bytes())
    names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert names.get_values_for_type(x509.DNSName) == ["patrol.local"]
    assert [str(ip) for ip in names.get_values_for_type(x509.IPAddress)] == ["192.168.5.1", "::1"]
    assert len(made.fingerprint) == 95
    if sys.platform != "win32":
        assert stat.S_IMODE(made.key_path.stat().st_mode) == 0o600


def test_it_stays_until_it_runs_out_or_the_names_change(tmp_path: Path) -> None:
    first = car_certificate(tmp_path, NAMES, lambda: NOW).fingerprint
    assert car_certificate(tmp_path, NAMES, lambda: NOW + timedelta(days=300)).fingerprint == first
    later = car_certificate(tmp_path, NAMES, lambda: NOW + timedelta(days=380)).fingerprint
    assert later != first
    assert car_certificate(tmp_path, NAMES[:1], lambda: NOW + timedelta(days=380)).fingerprint != later


def test_damaged_files_are_replaced(tmp_path: Path) -> None:
    first = car_certificate(tmp_path, NAMES, lambda: NOW)
    first.key_path.write_text("nonsense")
    assert car_certificate(tmp_path, NAMES, lambda: NOW).fingerprint != first.fingerprint


def own(tmp_path: Path, *, days: int = 30) -> tuple[bytes, bytes]:
    """Put a certificate that a force's authority made, for another name, into the folder; return both files."""
    key, authority = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    named, issuer = (
        x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)]) for name in ("car 7", "The force's authority")
    )
    made = (
        x509.CertificateBuilder().subject_name(named).issuer_name(issuer).public_key(key.public_key())
        .serial_number(7).not_valid_before(NOW - timedelta(days=90)).not_valid_after(NOW + timedelta(days=days))
        .sign(authority, hashes.SHA256())
    )  # fmt: skip
    pem = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    (tmp_path / "car.crt").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    (tmp_path / "car.key").write_bytes(pem)
    return made.public_bytes(serialization.Encoding.PEM), pem


@pytest.mark.parametrize("days", [365, 3, -3])
def test_a_forces_own_certificate_is_never_replaced(tmp_path: Path, days: int) -> None:
    files = own(tmp_path, days=days)
    used = car_certificate(tmp_path, NAMES, lambda: NOW)
    assert (used.certificate_path.read_bytes(), used.key_path.read_bytes()) == files


def test_one_without_its_key_is_left_and_named(tmp_path: Path) -> None:
    certificate, _ = own(tmp_path)
    for key in (b"nonsense", None):
        (tmp_path / "car.key").unlink() if key is None else (tmp_path / "car.key").write_bytes(key)
        with pytest.raises(ConfigError, match="is not the key of the certificate"):
            car_certificate(tmp_path, NAMES, lambda: NOW)
        assert (tmp_path / "car.crt").read_bytes() == certificate


def test_what_cannot_be_read_is_put_aside_before_another_takes_its_place(tmp_path: Path) -> None:
    (tmp_path / "car.crt").write_bytes(b"perhaps somebody's own")
    car_certificate(tmp_path, NAMES, lambda: NOW)
    assert (tmp_path / "car.crt.before").read_bytes() == b"perhaps somebody's own"
