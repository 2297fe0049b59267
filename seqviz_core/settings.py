"""Fields of a frozen dataclass that carry bounds and help, so that forms and checks build themselves.

    @dataclass(frozen=True)
    class CNNConfig:
        filters: int = setting(32, "Number of filters", low=1, high=512)
        activation: str = setting("relu", "First-layer activation", choices=("relu", "exponential"))
"""

from collections.abc import Mapping
from dataclasses import MISSING, Field, dataclass, field, fields
from os import environ
from typing import Any

from .errors import SeqVizError

_KINDS = {int: "a whole number", float: "a number", bool: "true or false", str: "text"}


@dataclass(frozen=True)
class Setting:
    """One field of a settings dataclass: how it is named, what it accepts, what it says of itself."""

    name: str
    type: type
    default: Any
    label: str
    help: str
    low: float | None
    high: float | None
    choices: tuple | None


def setting(default: Any, label: str, *, help: str = "", low: float | None = None, high: float | None = None,
            choices: tuple | None = None) -> Any:
    """Return a dataclass field with a default, a label and what it accepts; low and high are included."""
    return field(default=default, metadata={"label": label, "help": help, "low": low, "high": high, "choices": choices})


def _describe(f: Field) -> Setting:
    if f.default is MISSING:
        raise TypeError(f"setting {f.name!r} needs a default")
    meta = {"label": f.name.replace("_", " "), "help": "", "low": None, "high": None, "choices": None, **f.metadata}
    return Setting(name=f.name, type=type(f.default), default=f.default, **meta)


def settings_of(config: Any) -> list[Setting]:
    """Return the settings of a dataclass (or of an instance of it), in order."""
    return [_describe(f) for f in fields(config)]


def check_settings(config: Any) -> Any:
    """Return `config` unchanged; raise SeqVizError at the first value outside its bounds or choices."""
    for s in settings_of(config):
        _check(s, getattr(config, s.name))
    return config


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _check_type(s: Setting, value: Any) -> None:
    if not (_is_number(value) if s.type is float else type(value) is s.type):
        raise SeqVizError(f"{s.label}: {value!r:.60} is not {_KINDS.get(s.type, s.type.__name__)}.")


def _check(s: Setting, value: Any) -> None:
    _check_type(s, value)
    if s.choices is not None and value not in s.choices:
        raise SeqVizError(f"{s.label}: {value!r:.60} is not one of {', '.join(map(str, s.choices))}.")
    if _is_number(value) and not ((s.low is None or value >= s.low) and (s.high is None or value <= s.high)):  # also refuses nan
        raise SeqVizError(f"{s.label}: {value!s:.60} is {_outside(s)}.")


def _outside(s: Setting) -> str:
    if s.high is None:
        return f"not {s.low} or more"
    return f"not {s.high} or less" if s.low is None else f"outside {s.low} to {s.high}"


def config_from(config_type: type, values: Mapping[str, Any]) -> Any:
    """Return a checked `config_type` made from a mapping (parsed JSON, say); unknown names raise SeqVizError.

    The values may be of any type: that is checked before anything is made from them.
    """
    known = {s.name: s for s in settings_of(config_type)}
    unknown = [name for name in values if name not in known]
    if unknown:
        raise SeqVizError(f"{config_type.__name__} has no setting {unknown[0]!r:.60}; it has {', '.join(known)}.")
    for name, value in values.items():  # before the type's own checks, which trust the kinds of its values
        _check_type(known[name], value)
    return check_settings(config_type(**values))


def whole_number(variable: str, default: int) -> int:
    """Return the number, 1 or more, that an environment variable holds; `default` where it is not set or empty."""
    text = environ.get(variable) or str(default)
    if not (text.isdecimal() and int(text) >= 1):
        raise SeqVizError(f"{variable} is {text!r}; it has to be a whole number, 1 or more.")
    return int(text)
