"""What is too long for an address, kept on the server under a token that the address holds: sequences, uploaded motifs.

    token = save(b">my enhancer\nACGT...")     # the same bytes have the same token
    load(token)                                 # also after a restart

The files lie beside the runs, compressed; when they grow too many, those that nobody opened longest are removed. A token is made
from the content alone: it tells nobody anything, and whoever is given the link sees what it names.
"""

import hashlib
import os
import re
import zlib
from contextlib import suppress
from pathlib import Path

from .errors import SeqVizError
from .settings import whole_number
from .training import default_store
from .training.files import write_whole

FOLDER, DIGITS = ".saved", 20
LARGEST = 20_000_000  # bytes of one, unpacked
_TOKEN = re.compile(rf"[0-9a-f]{{{DIGITS}}}")


def token_of(data: bytes) -> str:
    """Return the name that `data` is kept under."""
    return hashlib.sha256(data).hexdigest()[:DIGITS]


def save(data: bytes) -> str:
    """Keep `data` and return its token; raises SeqVizError where it is too large."""
    if len(data) > LARGEST:
        raise SeqVizError(f"{len(data):,} bytes are too many to be kept for a link; at most {LARGEST:,} are.")
    folder = _folder()
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / token_of(data)
    with suppress(FileNotFoundError):
        os.utime(path)
        return path.name
    write_whole(path, zlib.compress(data, 6))
    _make_room(folder, keep=path)
    return path.name


def load(token: str) -> bytes:
    """Return what was kept under a token; raises SeqVizError where it is no token or not here any more."""
    try:
        data = zlib.decompress(_read(token))
    except zlib.error as error:
        raise SeqVizError("What this link shows is damaged on this server. Paste or upload the sequence again.") from error
    if token_of(data) != token:
        raise SeqVizError("What this link shows is damaged on this server. Paste or upload the sequence again.")
    return data


def _read(token: str) -> bytes:
    """Return the file of a token, which counts as opened now; another visitor's upload may push it out at any moment."""
    path = _folder() / token
    with suppress(FileNotFoundError):
        if _TOKEN.fullmatch(token):
            os.utime(path)
            return path.read_bytes()
    raise SeqVizError("What this link shows is not kept on this server any more, or was kept by another one. "
                      "Paste or upload the sequence again.")


def _folder() -> Path:
    return default_store().root / FOLDER


def _make_room(folder: Path, keep: Path) -> None:
    """Remove what was opened longest ago while all of it is larger than SEQVIZ_SAVED_MB."""
    files = []
    for path in folder.iterdir():
        with suppress(FileNotFoundError):  # another thread is making room too
            if _TOKEN.fullmatch(path.name):
                files.append((path != keep, path.stat().st_mtime, path.stat().st_size, path))
    files.sort()
    total, room = sum(size for _, _, size, _ in files), whole_number("SEQVIZ_SAVED_MB", 500) * 1_000_000
    for removable, _, size, path in files:
        if removable and total > room:
            total -= size
            path.unlink(missing_ok=True)
