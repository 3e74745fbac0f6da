"""`[enquiries]`: what is asked of DVLA, DVSA and the force's own gateway about a vehicle, when, and with which keys.

A source without its keys is not asked; as it comes, none is. Addresses, quota and scope are those of the public
descriptions (docs/ENQUIRIES.md).
"""

from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Final

from anpr.address import Address, Secret
from anpr.config.settings import require_valid, setting
from anpr.errors import ConfigError

DVLA_URL: Final = "https://driver-vehicle-licensing.api.gov.uk/vehicle-enquiry/v1/vehicles"
DVSA_URL: Final = "https://history.mot.api.gov.uk/v1/trade/vehicles/registration"
DVSA_SCOPE: Final = "https://tapi.dvsa.gov.uk/.default"

_DVSA_PARTNERS: Final = ("dvsa_key", "dvsa_client_id", "dvsa_client_secret", "dvsa_token_url")


@dataclass(frozen=True, slots=True)
class EnquiriesConfig:
    """`[enquiries]`: who is asked about a vehicle, and about which vehicles by itself."""

    lists: tuple[str, ...] = setting(
        (),
        'names of lists whose alerts are asked about by themselves, * for any letters; ["*"]: all',
        least=1,
        most=200,
    )
    silent: bool = setting(False, "true: of hits that say observe, do not stop, too (never of covert lists)")
    dvla_key: Secret = setting(Secret(""), "key for DVLA's Vehicle Enquiry Service; empty: DVLA is not asked")
    dvla_url: Address = setting(Address(DVLA_URL), "its address; another one for a stand-in or the force's own proxy")
    dvla_a_second: float = setting(
        5.0, "so many questions a second at most, as agreed with DVLA", least=0.01, most=1000
    )
    dvla_a_day: int = setting(5000, "and so many in any 24 hours", least=1, most=100_000_000)
    dvsa_key: Secret = setting(Secret(""), "key for DVSA's MOT history; empty: DVSA is not asked")
    dvsa_client_id: Secret = setting(Secret(""), "client id, which DVSA sends with the key")
    dvsa_client_secret: Secret = setting(Secret(""), "client secret, the same")
    dvsa_token_url: Address = setting(Address(""), "address that gives access tokens, the same")
    dvsa_scope: str = setting(DVSA_SCOPE, "what the access token is for", least=1, most=200)
    dvsa_url: Address = setting(Address(DVSA_URL), "address of the MOT history, without the mark")
    dvsa_a_second: float = setting(15.0, "so many questions a second at most", least=0.01, most=1000)
    dvsa_a_day: int = setting(5000, "and so many in any 24 hours", least=1, most=100_000_000)
    gateway_url: Address = setting(
        Address(""), "address of the force's own gateway, for what has no public interface; empty: none"
    )
    gateway_key: Secret = setting(Secret(""), "its key")
    gateway_name: str = setting("Force", "what the crew is told answered", least=1, most=20)
    gateway_a_second: float = setting(5.0, "so many questions a second at most", least=0.01, most=1000)
    gateway_a_day: int = setting(50_000, "and so many in any 24 hours", least=1, most=100_000_000)
    timeout_s: float = setting(4.0, "how long one question may take", least=0.1, most=60)
    fresh_s: float = setting(900.0, "an answer is not asked for again for so long", least=0, most=86_400)
    give_up_s: float = setting(
        600.0, "a question that got no answer for so long is asked no more", least=1, most=86_400
    )

    def __post_init__(self) -> None:
        """Raise ConfigError for a value out of range, an address that is not encrypted, or a key that lacks its partners."""
        require_valid(self, "'[enquiries] {}'")
        for name, address in self._addresses():
            if address.scheme != "https" and not (address.scheme == "http" and address.is_this_machine):
                # What was found is not told: it may be a key that was put into the wrong line.
                raise ConfigError(f"'[enquiries] {name}' must begin with https://: correct it")
        if self.asks_dvsa:
            lacking = next((name for name in _DVSA_PARTNERS if not getattr(self, name)), None)
            given = next(name for name in _DVSA_PARTNERS if getattr(self, name))
            if lacking is not None:
                raise ConfigError(
                    f"'[enquiries] {lacking}' is missing beside '[enquiries] {given}': DVSA sends all four together"
                )

    def _addresses(self) -> tuple[tuple[str, Address], ...]:
        """Return the addresses that are asked, each with its key in the file."""
        asked = [("dvla_url", self.dvla_url), ("dvsa_url", self.dvsa_url)]
        asked += [(name, url) for name in ("dvsa_token_url", "gateway_url") if (url := getattr(self, name))]
        return tuple(asked)

    @property
    def asks_dvla(self) -> bool:
        """Whether DVLA is asked."""
        return bool(self.dvla_key)

    @property
    def asks_dvsa(self) -> bool:
        """Whether DVSA is asked; one key of its four is enough to mean so."""
        return any(bool(getattr(self, name)) for name in _DVSA_PARTNERS)

    @property
    def asks_gateway(self) -> bool:
        """Whether the force's own gateway is asked."""
        return bool(self.gateway_url)

    @property
    def asks_anybody(self) -> bool:
        """Whether there is anybody to ask."""
        return self.asks_dvla or self.asks_dvsa or self.asks_gateway

    def is_asked_of(self, list_name: str) -> bool:
        """Return whether alerts of a list are asked about by themselves."""
        return any(fnmatchcase(list_name.casefold(), pattern.casefold()) for pattern in self.lists)
