"""The screen's rules: symbols, words, questions and limits.

The defaults are in `rules.toml`; a file of one's own, named by `[screen] rules` of the car's configuration, replaces them
table by table.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Any, Final

from anpr.config.car import ScreenConfig
from anpr.config.file import read_toml, settings_of
from anpr.config.settings import setting, shown
from anpr.errors import ConfigError
from anpr.screen.driving import MPH_IN_MPS, DrivingLimits

SHAPES: Final = ("octagon", "diamond", "square", "circle", "triangle")

ORDERED_SOUNDS: Final = ("none", "note", "alert", "urgent")
"""Sounds that a row of the table of orders may give, the quietest first."""

_ENTRY_FIELDS: Final = (
    "reason", "list_name", "information", "action", "markers", "nim_code", "force_area", "make", "model", "colour",
    "marking", "cad",
)  # fmt: skip

_SHIPPED: Final = Path("anpr/screen/rules.toml")

_LONGEST_TEXT: Final = 200


def _no_folder(path: Path) -> str:
    return "" if path.is_dir() else "the path of a folder that is there"


def _no_colour(colour: str) -> str:
    return "" if re.fullmatch(r"(#([0-9a-fA-F]{3}|[0-9a-fA-F]{6}))?", colour) else "a colour like #1a2b3c"


@dataclass(frozen=True, slots=True, eq=False)
class OrderRule:
    """A row of the table of orders; `rules.toml` explains it. What is empty asks for nothing, or gives nothing."""

    name: str = setting(least=1, most=_LONGEST_TEXT)
    action: tuple[str, ...] = setting((), most=_LONGEST_TEXT)
    markers: tuple[str, ...] = setting((), most=8)
    fields: tuple[str, ...] = setting(("reason", "list_name", "information"), choices=_ENTRY_FIELDS)
    words: tuple[str, ...] = setting((), most=_LONGEST_TEXT)
    but_not: tuple[str, ...] = setting((), most=_LONGEST_TEXT)
    symbol: str = setting("", most=64)
    shape: str = setting("", choices=("", *SHAPES))
    label: str = setting("", most=_LONGEST_TEXT)
    instruction: str = setting("", most=_LONGEST_TEXT)
    sound: str = setting("", choices=("", *ORDERED_SOUNDS))
    colour: str = setting("", misfit=_no_colour)
    typed: bool = setting(False)

    @property
    def fits_all(self) -> bool:
        """Whether the row asks for nothing."""
        return not (self.action or self.markers or self.words)


@dataclass(frozen=True, slots=True)
class MarkerRule:
    """A warning marker of the lists: its code, words and symbol."""

    code: str = setting(least=1, most=8)
    label: str = setting(least=1, most=_LONGEST_TEXT)
    symbol: str = setting(least=1, most=64)


@dataclass(frozen=True, slots=True)
class ProbabilityWords:
    """What the screen says of a probability from `at_least` on."""

    at_least: float = setting(least=0, most=1)
    words: str = setting(least=1, most=_LONGEST_TEXT)


@dataclass(frozen=True, slots=True)
class StopQuestion:
    """A question of the stop record; `kind` is `text`, `choice` or `officer`: the account of whoever answers, which nobody types."""

    key: str = setting(least=1, most=64)
    label: str = setting(least=1, most=_LONGEST_TEXT)
    kind: str = setting(choices=("text", "choice", "officer"))
    required: bool = setting(False)
    choices: tuple[str, ...] = setting((), least=1, most=_LONGEST_TEXT)

    def __post_init__(self) -> None:
        """Raise ConfigError for a choice without choices."""
        if self.kind == "choice" and not self.choices:
            raise ConfigError(f"'[[stop_questions]] choices' of {self.key!r} is missing: name the choices")


@dataclass(frozen=True, slots=True)
class MovingRules:
    """`[driving]`: how long the car must be faster, or not faster, than `[screen] moving_mph`."""

    moving_after_s: float = setting(least=0, most=10)
    standing_after_s: float = setting(least=0, most=60)


@dataclass(frozen=True, slots=True)
class RulesFile:
    """A file of screen rules, key by key; each is explained in `rules.toml`."""

    urgent_priority: int = setting(least=0, most=100)
    alert_priority: int = setting(least=0, most=100)
    mutable_below: int = setting(least=0, most=100)
    short_characters: int = setting(least=3, most=40)
    uncertain_below: float = setting(least=0, most=1)
    idle_lock_s: float = setting(least=10, most=3600)
    tablet_idle_lock_s: float = setting(least=60, most=12 * 3600)
    session_s: float = setting(least=60, most=12 * 3600)
    sightings_shown: int = setting(least=0, most=50)
    engine_silent_s: float = setting(least=0.5, most=60)
    reasons: tuple[str, ...] = setting(least=1, most=_LONGEST_TEXT)
    driving: MovingRules = setting()
    orders: tuple[OrderRule, ...] = setting(least=1)
    markers: tuple[MarkerRule, ...] = setting(least=1)
    probability_words: tuple[ProbabilityWords, ...] = setting(least=1)
    stop_questions: tuple[StopQuestion, ...] = setting(least=1)
    texts: Mapping[str, str] = setting()
    symbols_folder: Path | None = setting(None, misfit=_no_folder)
    sounds_folder: Path | None = setting(None, misfit=_no_folder)


@dataclass(frozen=True, slots=True)
class ScreenRules:
    """What the screen goes by: the rules file, and of `[screen]` the unlock, the speed, how long a hit is live, and the theme."""

    urgent_priority: int
    alert_priority: int
    mutable_below: int
    short_characters: int
    uncertain_below: float
    passenger_s: float
    live_s: float
    idle_lock_s: float
    tablet_idle_lock_s: float
    session_s: float
    sightings_shown: int
    engine_silent_s: float
    reasons: tuple[str, ...]
    driving: DrivingLimits
    orders: tuple[OrderRule, ...]
    markers: tuple[MarkerRule, ...]
    probability_words: tuple[tuple[float, str], ...]
    stop_questions: tuple[StopQuestion, ...]
    texts: Mapping[str, str]
    symbols_folder: Path | None = None
    sounds_folder: Path | None = None
    theme: str = "auto"


def load_screen_rules(section: ScreenConfig) -> ScreenRules:
    """Return the rules of a car's `[screen]`, with those of its rules file; raises ConfigError."""
    if section.rules is None:
        return screen_rules(section=section)
    return screen_rules(read_toml(section.rules, "file for '[screen] rules'"), section=section, file=section.rules)


def screen_rules(
    changes: Mapping[str, Any] | None = None, *, section: ScreenConfig | None = None, file: Path = _SHIPPED
) -> ScreenRules:
    """Return the default rules with these tables of `file` replaced; `texts` and `driving` are merged key by key.

    Raises ConfigError, naming the key, for anything unknown or wrong.
    """
    own = section or ScreenConfig()
    default = read_toml(Path(str(resources.files("anpr.screen").joinpath("rules.toml"))), "screen rules file")
    changed = dict(changes or {})
    for key in ("texts", "driving"):
        if isinstance(changed.get(key), Mapping):
            changed[key] = {**default[key], **changed[key]}
    _require_known_texts(changed.get("texts"), default["texts"], file)
    rules = settings_of(RulesFile, {**default, **changed}, file)
    _require_an_end(rules.orders, file)
    return ScreenRules(
        urgent_priority=rules.urgent_priority,
        alert_priority=rules.alert_priority,
        mutable_below=rules.mutable_below,
        short_characters=rules.short_characters,
        uncertain_below=rules.uncertain_below,
        passenger_s=own.unlock_s,
        live_s=own.live_s,
        idle_lock_s=rules.idle_lock_s,
        tablet_idle_lock_s=rules.tablet_idle_lock_s,
        session_s=rules.session_s,
        sightings_shown=rules.sightings_shown,
        engine_silent_s=rules.engine_silent_s,
        reasons=_some(rules.reasons, "reasons", "name at least one reason for a look-up", file),
        driving=DrivingLimits(
            own.moving_mph * MPH_IN_MPS, rules.driving.moving_after_s, rules.driving.standing_after_s
        ),
        orders=rules.orders,
        markers=tuple(MarkerRule(rule.code.upper(), rule.label, rule.symbol) for rule in rules.markers),
        probability_words=tuple(sorted(((one.at_least, one.words) for one in rules.probability_words), reverse=True)),
        stop_questions=rules.stop_questions,
        texts=rules.texts,
        symbols_folder=rules.symbols_folder,
        sounds_folder=rules.sounds_folder,
        theme=own.theme,
    )


def _some(words: tuple[str, ...], key: str, remedy: str, file: Path) -> tuple[str, ...]:
    if not words:
        raise ConfigError(f"{file}: '{key}' is empty: {remedy}")
    return words


def _require_an_end(orders: tuple[OrderRule, ...], file: Path) -> None:
    """Raise ConfigError unless the last row fits every entry and says what to show of it."""
    last = orders[-1]
    if not last.fits_all or not all((last.symbol, last.shape, last.label, last.instruction)):
        raise ConfigError(
            f"{file}: the last row of '[[orders]]' must fit every entry (no action, markers or words) and give symbol, shape,"
            f" label and instruction, found {shown(last.name)}: add such a row at the end"
        )


def _require_known_texts(texts: Any, default: Mapping[str, str], file: Path) -> None:
    """Raise ConfigError for a text that the screen does not show, or that is none."""
    for name, text in texts.items() if isinstance(texts, Mapping) else ():
        if name not in default:
            raise ConfigError(f"{file}: '[texts] {name}' is unknown. Known here: {', '.join(default)}")
        if not isinstance(text, str):
            raise ConfigError(f"{file}: '[texts] {name}' must be a text in quotes, found {shown(text)}: correct it")
