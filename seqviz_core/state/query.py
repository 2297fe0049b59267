"""A view as the query of an address, and back. Addresses count positions from 1."""

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, NamedTuple
from urllib.parse import parse_qsl, urlencode

from ..attribution import METHODS
from ..errors import SeqVizError
from ..sequences import read_edits, write_edits
from .events import within
from .view import FIRST, KINDS, LAYERS, Unit, ViewState

VERSION = 1


class Codec(NamedTuple):
    """How one field stands in an address: its key, what is written for a value, what a text is read as."""

    key: str
    write: Callable[[Any], str]
    read: Callable[[str], Any]


def _one_of(allowed: tuple[str, ...]) -> Callable[[str], str]:
    def read(text: str) -> str:
        if text not in allowed:
            raise SeqVizError(f"{text[:40]!r} is none of {', '.join(allowed)}.")
        return text
    return read


def _listed(check: Callable[[str], str] = str) -> Codec:
    return Codec("", ",".join, lambda text: tuple(dict.fromkeys(check(word) for word in text.split(",") if word)))


def _bases(text: str) -> str:
    if not re.fullmatch("[ACGTN]+", text.upper()):
        raise SeqVizError("The sequence in the link holds letters that are no bases. Use A, C, G, T or N.")
    return text.upper()


def _span(text: str) -> tuple[int, int]:
    match = re.fullmatch(r"(\d{1,9})-(\d{1,9})", text)
    if not match or not 1 <= int(match[1]) <= int(match[2]):
        raise SeqVizError(f"The zoom {text[:20]!r} in the link cannot be read; it is written as first-last, as in 20-80.")
    return int(match[1]), int(match[2])


def _whole(text: str) -> int:
    if not re.fullmatch(r"\d{1,9}", text):
        raise SeqVizError(f"{text[:20]!r} in the link is no number.")
    return int(text)


def _unit(text: str) -> Unit:
    match = re.fullmatch(r"([\w.-]+):([\w.-]+):(\d{1,6}):(\d{1,6})", text)
    if not match:
        raise SeqVizError(f"The unit {text[:40]!r} in the link cannot be read.")
    return Unit(match[1], match[2], int(match[3]), int(match[4]) - 1)


def _flag(text: str) -> bool:
    return _one_of(("0", "1"))(text) == "1"


def _pairs(text: str) -> tuple[tuple[str, str], ...]:
    try:
        return tuple(dict(parse_qsl(text, keep_blank_values=True, strict_parsing=bool(text), max_num_fields=40)).items())
    except ValueError:
        raise SeqVizError(f"The settings {text[:40]!r} in the link cannot be read.") from None


_PLAIN = Codec("", str, str)
_FLAG = Codec("", lambda on: str(int(on)), _flag)
CODECS = {
    "reference": Codec("seq", str, _bases), "name": _PLAIN, "token": _PLAIN._replace(key="s"),
    "row": Codec("", lambda row: str(row + 1), lambda text: max(_whole(text) - 1, 0)),
    "steps": Codec("edits", write_edits, read_edits), "models": _listed(), "focus": _PLAIN,
    "inside": Codec("", str, _one_of(("focus", "every"))), "tracks": _listed(_one_of(KINDS)), "closed": _listed(),
    "methods": _listed(lambda name: METHODS[name].name),
    "corrected": _FLAG, "target": _PLAIN, "layer": Codec("", str, _one_of(LAYERS)), "strand": Codec(
        "strand", lambda strand: "forward" if strand == "+" else "reverse",
        lambda text: "+" if _one_of(("forward", "reverse"))(text) == "forward" else "-"),
    "zoom": Codec("", lambda z: f"{z[0]}-{z[1]}", _span), "map_layer": _PLAIN, "every_row": _FLAG, "direction": _PLAIN,
    "cell": Codec("", str, _whole), "head": _PLAIN, "query": Codec("", lambda q: str(q + 1), lambda t: max(_whole(t) - 1, 0)),
    "hits": _PLAIN, "tool": _PLAIN, "asked": Codec("", urlencode, _pairs),
    "unit": Codec("", lambda u: f"{u.run}:{u.probe}:{u.row}:{u.position + 1}", _unit)}
CODECS = {name: codec._replace(key=codec.key or name) for name, codec in CODECS.items()}


def to_query(state: ViewState) -> dict[str, str]:
    """Return what the address holds, with the version; whatever is as it is at first, or kept under the token, is left out."""
    kept = {"reference", "name"} if state.token else set()
    changed = {codec.key: codec.write(getattr(state, name)) for name, codec in CODECS.items()
               if name not in kept and getattr(state, name) != getattr(FIRST, name)}
    return {"v": str(VERSION), **changed}


class FromQuery(NamedTuple):
    """What an address says, and what in it could not be read, in plain sentences."""

    state: ViewState
    problems: tuple[str, ...]


def from_query(query: Mapping[str, str]) -> FromQuery:
    """Return the state an address holds. What cannot be read stays as it is at first and is told."""
    problems, values = [], {}
    if query.get("v", str(VERSION)) != str(VERSION):
        problems.append(f"This link was made by another version of SeqViz ({query['v'][:10]}); what it holds that this one "
                        "does not know is left out.")
    for name, codec in CODECS.items():
        if codec.key in query:
            try:
                values[name] = codec.read(query[codec.key])
            except SeqVizError as error:
                problems.append(str(error))
    return FromQuery(replace(FIRST, **values), tuple(problems))


def fitting(state: ViewState, longest: int) -> FromQuery:
    """Return the view without edits that cannot be made on its sequence, which may have come from elsewhere than the address.

    longest : bases that the edited sequence may have.
    """
    try:
        within(state, longest)
    except SeqVizError as error:
        sentence = f"The edits in the link do not fit its sequence and are left out. {error}"
        return FromQuery(replace(state, steps=()), (sentence,))
    return FromQuery(state, ())
