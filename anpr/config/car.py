"""The configuration of one car: every section and key of its TOML file, documented with its default in `patrol.toml`.

Each section is a frozen dataclass of settings (`anpr.config.settings`); the line of documentation beside each key is the one in
`patrol.toml`. Paths are relative to the configuration file: once loaded they are as seen from where the program runs.
"""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from anpr.address import Address
from anpr.config.enquiries import EnquiriesConfig
from anpr.config.file import load_settings
from anpr.config.settings import require_valid, setting
from anpr.errors import ConfigError

_MOST_DAYS: Final = 3650.0
_MOST_NUMBER: Final = 2_147_483_647


def _no_fingerprint(text: str) -> str:
    pin = text.replace(":", "").lower()
    is_one = not pin or (len(pin) == 64 and not set(pin) - set("0123456789abcdef"))
    return "" if is_one else "a SHA-256 fingerprint: 64 hexadecimal digits, with or without colons"


def _no_host_names(names: tuple[str, ...]) -> str:
    is_one = all(set(name.lower()) <= set("abcdefghijklmnopqrstuvwxyz0123456789-.:") for name in names)
    return "" if names and is_one else "names like anpr.local or addresses like 192.168.4.1, at least one"


@dataclass(frozen=True, slots=True)
class CarConfig:
    """`[car]`: who reports the records."""

    name: str = setting("patrol car", "shown in the terminal view", least=1, most=64)
    feed_id: int = setting(1, "the organisation's number in the national scheme", least=0, most=_MOST_NUMBER)
    source_id: int = setting(1, "this car's number", least=0, most=_MOST_NUMBER)


@dataclass(frozen=True, slots=True)
class CameraHealthConfig:
    """`[camera.health]`: when this camera's pictures count as bad (`camera.picture_checks.HealthLimits`)."""

    raise_after_s: float = setting(1.0, "a blinded or smeared picture is a fault after this time", least=0, most=600)
    raise_black_after_s: float = setting(
        1.0, "a black one; 30 and more for infra-red cameras, rightly black on an empty road", least=0, most=3600
    )
    clear_after_s: float = setting(0.6, "good pictures for this long end such a fault", least=0, most=600)
    frozen_after_s: float = setting(1.2, "exactly the same picture for this long is a fault", least=0.1, most=600)
    frozen_parked_s: float = setting(
        12.0, "the same while parked, for codecs that repeat a still picture exactly", least=0.1, most=3600
    )
    black_brightest: int = setting(30, "no pixel of a black picture is brighter (grey level)", least=0, most=255)
    blinded_share: float = setting(0.5, "share of overexposed pixels of a blinded picture", least=0, most=1)
    smeared_below: float = setting(0.45, "share of the usual sharpness below which it is smeared", least=0, most=1)


@dataclass(frozen=True, slots=True)
class CameraConfig:
    """`[[camera]]`: one table for each camera; `source` is an index, a device path, a URL, a clip or a folder."""

    id: str = setting("front", "name on the screen and in the records, unique", least=1, most=64)
    source: Address = setting(
        Address("0"), "index of a USB camera, a device path, an RTSP or HTTP URL, a clip or a folder of frames",
        least=1, number_too=True,
    )  # fmt: skip
    certificate: Path | None = setting(
        None, "https and rtsps with a password: file with the camera's or its authority's certificate (PEM)"
    )
    number: int = setting(1, "this camera's number in the records", least=0, most=_MOST_NUMBER)
    width: int = setting(1280, "asked of USB cameras, pixels", least=16, most=8192)
    height: int = setting(720, "the same", least=16, most=8192)
    fps: float = setting(
        30.0, "asked of USB cameras, frames a second; the pace of a folder of frames", least=0.1, most=240
    )
    view_deg: float = setting(
        31.0, "the lens sees so many degrees from left to right, for rough distances; 0: not known, none are shown",
        least=0, most=170,
    )  # fmt: skip
    docked: bool = setting(True, "false for a camera that stays when the tablet is undocked")
    health: CameraHealthConfig = field(default_factory=CameraHealthConfig)


@dataclass(frozen=True, slots=True)
class GpsConfig:
    """`[gps]`: position from a serial port."""

    enabled: bool = setting(True, "false: places are not recorded, and the driver view is always shown")
    port: str = setting("", "serial port (COM5, /dev/ttyACM0); empty: look for it")
    baud: int = setting(0, "0: find it (4800 to 115200)", least=0, most=1_000_000)
    stale_after_s: float = setting(3.0, "an older fix is marked stale", least=0.1, most=3600)


@dataclass(frozen=True, slots=True)
class PerceptionConfig:
    """`[perception]`: detecting and reading."""

    reader: str = setting(
        "patrol", '"patrol" (ours) or "easyocr" (optional second reader: pip install patrol-anpr[easyocr])',
        choices=("patrol", "easyocr"),
    )  # fmt: skip
    threads: int = setting(1, "processor threads of each model", least=1, most=64)
    input_width: int = setting(
        960, "width of the detector's input at full effort, pixels (640: half the time, sees less far)",
        least=128, most=4096, multiple_of=32,
    )  # fmt: skip
    detector_confidence: float = setting(
        0.0, "plates below this confidence are left out; 0.0: the model's own recommendation", least=0, most=1
    )
    layout_prior: bool = setting(True, "use knowledge of number plate layouts as evidence (never as a filter)")
    home: str = setting(
        "GB", '"GB" or "none": the country whose rules settle whether O or 0, I or 1 is meant where both look the same',
        choices=("GB", "none"),
    )  # fmt: skip
    reported_confidence: float = setting(
        0.3, "vehicles whose VRM stays below this are counted as unread, not reported", least=0, most=1
    )


@dataclass(frozen=True, slots=True)
class BudgetConfig:
    """`[budget]`: from a frame's grab to the alert raised."""

    grab_to_alert_ms: float = setting(
        250.0, "from a frame's grab to the alert raised; a miss that lasts 2 s is a fault", least=10, most=60_000
    )


@dataclass(frozen=True, slots=True)
class AlertsConfig:
    """`[alerts]`: what becomes of a hit."""

    withdraw_share: float = setting(
        0.5, "withdrawn when the probability falls below this share of the list's threshold", least=0, most=1
    )
    confirmed_probability: float = setting(0.99, "confirmed by evidence from here on", least=0, most=1)
    look_back_h: float = setting(
        12.0, "a new list entry is matched against sightings of this many hours", least=0, most=24 * 31
    )


@dataclass(frozen=True, slots=True)
class RecordsConfig:
    """`[records]`: how long each kind of record is kept, and how much disk space stays free."""

    pictures_days: float = setting(7.0, "days that pictures are kept", least=0, most=_MOST_DAYS)
    sightings_days: float = setting(7.0, "sightings and their hits", least=0, most=_MOST_DAYS)
    alerts_days: float = setting(31.0, "alerts and decisions", least=0, most=_MOST_DAYS)
    latencies_days: float = setting(7.0, "how long the engine took", least=0, most=_MOST_DAYS)
    audit_days: float = setting(
        365.0, "who and what of the audit's entries; the chain itself stays", least=0, most=_MOST_DAYS
    )
    least_free_mb: float = setting(
        500.0, "below this much free disk space pictures are no longer stored (rows always are)", least=0, most=1e9
    )


@dataclass(frozen=True, slots=True)
class SyncConfig:
    """`[sync]`: the back office and this car's name there; `url` empty means none."""

    url: Address = setting(
        Address(""), "where the back office publishes the lists, or a folder (USB stick); empty: none"
    )
    root: Path | None = setting(
        None, "file with the root that the back office gave for its lists (N.root.json, anpr hotlist root)"
    )
    car_id: str = setting("car", "this car's name in the back office's allocation", least=1, most=64)
    every_s: float = setting(300.0, "seconds between tries", least=1, most=7 * 86_400)
    timeout_s: float = setting(20.0, "how long one request may take", least=0.1, most=600)
    pinned_certificate: Path | None = setting(
        None, "file with the only server certificate or authority to trust (PEM); empty: the system's"
    )
    pin_sha256: str = setting("", "or the server certificate's SHA-256 fingerprint", misfit=_no_fingerprint)
    plain_http: bool = setting(
        False, "true: http:// will do; what the lists hold is then read by whoever is on the way"
    )
    client_certificate: Path | None = setting(None, "files (PEM) for a client certificate, if the server wants one")
    client_key: Path | None = setting(None, "its key")

    def __post_init__(self) -> None:
        """Raise ConfigError for a value out of range, or one that lacks its partner."""
        require_valid(self, "'[sync] {}'")
        if self.url and self.root is None:
            raise ConfigError(
                "'[sync] root' is missing: name the file N.root.json that the back office gave for its lists (a public key, as earlier"
                " versions had it, will not do)"
            )
        if self.url.scheme not in ("", "http", "https"):
            raise ConfigError(
                f"'[sync] url' must begin with http:// or https://, or name a folder, found {self.url}: correct it"
            )
        if self.url.scheme == "http" and not self.plain_http and not self.url.is_this_machine:
            raise ConfigError(
                f"'[sync] url' is not encrypted, found {self.url}: use https://, or say '[sync] plain_http = true'"
            )
        if self.client_key is not None and self.client_certificate is None:
            raise ConfigError("'[sync] client_key' needs '[sync] client_certificate' too: name that file, or neither")
        if self.pin_sha256 and self.url.scheme != "https":
            raise ConfigError("'[sync] pin_sha256' needs an https:// address in '[sync] url': correct one of them")

    @property
    def is_folder(self) -> bool:
        """Whether the lists come from a folder rather than a server."""
        return self.url.scheme not in ("http", "https")

    @property
    def root_file(self) -> Path:
        """The root of trust for the lists; raises ConfigError when no back office is configured."""
        if not self.url or self.root is None:
            raise ConfigError("'[sync] url' is empty: name the address or folder of the published lists")
        return self.root


@dataclass(frozen=True, slots=True)
class ScreenConfig:
    """`[screen]`: the crew's screen; beyond this machine only with TLS and login."""

    enabled: bool = setting(True, "false: the terminal view alone")
    port: int = setting(8737, "http://127.0.0.1:8737 on the tablet; 0: any free one", least=0, most=65535)
    on_network: bool = setting(False, "true: also on the car's Wi-Fi, with TLS and login (anpr crew add)")
    network_port: int = setting(8738, "https port on the car's Wi-Fi", least=0, most=65535)
    network_names: tuple[str, ...] = setting(
        ("anpr.local",), "names and addresses by which the crew's devices reach this tablet; of addresses, no other is served",
        least=1, most=253, misfit=_no_host_names,
    )  # fmt: skip
    rules: Path | None = setting(
        None, "a TOML file that replaces tables of anpr/screen/rules.toml (symbols, texts, questions)"
    )
    moving_mph: float = setting(5.0, "above this the driver view is shown", least=0, most=30)
    live_s: float = setting(
        60.0, "a hit is live for so long after its vehicle was last seen; then it waits", least=5, most=3600
    )
    unlock_s: float = setting(300.0, "how long a passenger's unlock lasts", least=5, most=3600)
    theme: str = setting(
        "auto",
        '"day" or "night" unless somebody taps; "auto": by the light and the sun',
        choices=("auto", "day", "night"),
    )


@dataclass(frozen=True, slots=True)
class PatrolConfig:
    """The whole file."""

    car: CarConfig = field(default_factory=CarConfig)
    camera: tuple[CameraConfig, ...] = setting((CameraConfig(),), least=1)
    gps: GpsConfig = field(default_factory=GpsConfig)
    perception: PerceptionConfig = field(default_factory=PerceptionConfig)
    budget: BudgetConfig = field(default_factory=BudgetConfig)
    alerts: AlertsConfig = field(default_factory=AlertsConfig)
    records: RecordsConfig = field(default_factory=RecordsConfig)
    sync: SyncConfig = field(default_factory=SyncConfig)
    screen: ScreenConfig = field(default_factory=ScreenConfig)
    enquiries: EnquiriesConfig = field(default_factory=EnquiriesConfig)

    def __post_init__(self) -> None:
        """Raise ConfigError for cameras that cannot be told apart."""
        names = [camera.id for camera in self.camera]
        twice = next((name for name in names if names.count(name) > 1), None)
        if twice is not None:
            raise ConfigError(f"'[[camera]] id' {twice!r} is that of two cameras: give each its own")


def load_config(path: Path) -> PatrolConfig:
    """Read a car's configuration; raises ConfigError naming the key, what was expected and what was found."""
    return load_settings(PatrolConfig, path)
