"""Named things that a decorator adds: architectures, datasets, attribution methods."""

import difflib
import importlib
import pkgutil
from collections.abc import Iterator
from types import ModuleType
from typing import Generic, TypeVar

from .errors import SeqVizError

Entry = TypeVar("Entry")


class Registry(Generic[Entry]):
    """Entries by name, listed by their `order` and then by name."""

    def __init__(self, kind: str):
        self.kind = kind
        self._entries: dict[str, Entry] = {}
        self._origins: dict[str, str] = {}
        self._orders: dict[str, int] = {}

    def register(self, name: str, entry: Entry, *, origin: str, order: int = 100) -> Entry:
        """Add `entry`; the same `origin` (a module's name) may register again, as it does when a module is reloaded."""
        if self._origins.get(name, origin) != origin:
            raise ValueError(f"{self.kind} {name!r} is already registered by {self._origins[name]}, not by {origin}")
        self._entries[name], self._origins[name], self._orders[name] = entry, origin, order
        return entry

    def __getitem__(self, name: str) -> Entry:
        if name in self._entries:
            return self._entries[name]
        close = difflib.get_close_matches(str(name)[:60], self._entries, n=1)
        hint = f" Did you mean {close[0]!r}?" if close else ""
        raise SeqVizError(f"There is no {self.kind} {name!r:.60}; there are {', '.join(self.names())}.{hint}")

    def __contains__(self, name: object) -> bool:
        return name in self._entries

    def __iter__(self) -> Iterator[Entry]:
        return iter([self._entries[name] for name in self.names()])

    def __len__(self) -> int:
        return len(self._entries)

    def names(self) -> tuple[str, ...]:
        """Return the names in their order."""
        return tuple(sorted(self._entries, key=lambda name: (self._orders[name], name)))


def import_all(package: ModuleType) -> None:
    """Import every module of `package`, so that each decorated file in its folder registers itself."""
    for module in sorted(pkgutil.iter_modules(package.__path__), key=lambda m: m.name):
        importlib.import_module(f"{package.__name__}.{module.name}")
