import stat
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509

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
