"""Where genomes come from: a made one that is always there, folders that the server's owner lists, and uploads.

    listed_genomes()                       # {"references/hg38.fa.gz": <path>} of the folders in SEQVIZ_GENOMES
    key = keep_genome(data, "mine.fa")     # an upload: the same bytes have the same key, also after a restart
    open_genome(key)                       # by key alone: EXAMPLE, "listed:references/hg38.fa.gz", "upload:3f..."

A visitor only ever names a key. Uploads with their indexes, and the indexes of what is listed, lie beside the runs, never beside
somebody's file.
"""

import hashlib
import os
import re
import shutil
import tempfile
from contextlib import suppress
from functools import lru_cache
from pathlib import Path

from ..errors import SeqVizError
from ..genome import SUFFIXES, Genome
from ..genome.bgzf import GZIP
from ..genome.fasta import has_index, index_key
from ..sequences.unpack import one_line
from ..settings import whole_number
from ..training import default_store
from ..training.files import write_whole
from .example_genome import example_fasta

VARIABLE, FOLDER = "SEQVIZ_GENOMES", ".genomes"
EXAMPLE, LISTED, UPLOADED = "example", "listed:", "upload:"
LARGEST, MOST_UNPACKED, MOST_CONTIGS = 50_000_000, 400_000_000, 100_000
"""Bytes of an uploaded FASTA as it comes, and unpacked, and its contigs, each of which takes memory and time."""
QUICK = 200_000_000
"""Bytes of a file whose index is made while a page waits; of a larger one it is made by a worker."""
_TOKEN = re.compile(r"[0-9a-f]{20}")
_GONE = "This genome is not kept on this server any more, or was uploaded to another one. Upload it again."


def listed_folders() -> list[Path]:
    """Return the folders that SEQVIZ_GENOMES names, those that are not there too."""
    return [Path(name) for name in os.environ.get(VARIABLE, "").split(os.pathsep) if name.strip()]


def listed_genomes() -> dict[str, Path]:
    """Return the FASTA files of the listed folders by the name a visitor picks: the folder's and the file's.

    Only files that lie in the folder itself: no folder within it, and no link that leads out of it.
    """
    found: dict[str, Path] = {}
    for folder in listed_folders():
        with suppress(OSError):
            home = folder.resolve(strict=True)
            for path in sorted(home.iterdir()):
                real = path.resolve(strict=False)
                if path.name.lower().endswith(SUFFIXES) and real.parent == home and real.is_file():
                    found.setdefault(f"{home.name}/{path.name}", real)
    return found


def open_genome(key: str) -> Genome:
    """Return the genome of a key, its index made where it has none. Raises SeqVizError for one that is not here."""
    path = path_of(key)
    stat = path.stat()
    return _opened(path, stat.st_size, stat.st_mtime_ns, _home() / "indexes")


def path_of(key: str) -> Path:
    """Return the file of a key; raises SeqVizError where there is none."""
    if key == EXAMPLE:
        return _example()
    if key.startswith(LISTED):
        if (path := listed_genomes().get(key.removeprefix(LISTED))) is not None:
            return path
        raise SeqVizError(f"The genome {key.removeprefix(LISTED)[:60]!r} is not one of those that this server lists.")
    folder = _upload_folder(key)
    path = next((folder / name for name in ("genome.fa", "genome.fa.gz") if (folder / name).is_file()), None)
    if path is None:
        raise SeqVizError(_GONE)
    with suppress(FileNotFoundError):
        os.utime(folder)
    return path


def stamp_of(key: str) -> str:
    """Return what tells a genome's file from what it was before somebody changed it."""
    return index_key(path_of(key))


def is_slow(key: str) -> bool:
    """Return whether opening takes more than seconds: the file is large, and nobody has made its index yet."""
    path = path_of(key)
    return path.stat().st_size > QUICK and not has_index(path, _home() / "indexes")


def keep_genome(data: bytes, name: str) -> str:
    """Keep an uploaded FASTA, plain or packed by bgzip, and return its key.

    Raises SeqVizError where it is too large, or is no FASTA that can be indexed; then nothing is kept.
    """
    if len(data) > LARGEST:
        raise SeqVizError(f"The file has {len(data):,} bytes; at most {LARGEST:,} are taken. The server's owner can list "
                          f"larger genomes in {VARIABLE}.")
    key = UPLOADED + hashlib.sha256(data).hexdigest()[:20]
    folder = _upload_folder(key)
    if not folder.is_dir():
        folder.parent.mkdir(parents=True, exist_ok=True)
        making = Path(tempfile.mkdtemp(prefix=".making-", dir=folder.parent))
        try:
            path = making / ("genome.fa.gz" if data.startswith(GZIP) else "genome.fa")
            path.write_bytes(data)
            (making / "name.txt").write_text(one_line(name), encoding="utf-8")
            _told_as(name, path, making / "trial")
            for index in (making / "trial").iterdir():  # goes beside it, and with it when there has to be room
                index.rename(making / f"{path.name}{index.suffix}")
            (making / "trial").rmdir()
            with suppress(OSError):  # another visitor was quicker
                making.rename(folder)
        finally:
            shutil.rmtree(making, ignore_errors=True)
        _make_room(folder)
    return key


def _told_as(name: str, path: Path, indexes: Path) -> None:
    """Open a file on trial; what is wrong with it is said under the visitor's own name for it."""
    try:
        Genome(path, indexes, MOST_UNPACKED, MOST_CONTIGS)
    except SeqVizError as error:
        raise SeqVizError(str(error).replace(repr(path.name), repr(one_line(name)[:60]), 1)) from error


def label_of(key: str) -> str:
    """Return how a genome is called: the name of the file as it was uploaded or is listed."""
    if key == EXAMPLE:
        return "Example genome (made up)"
    if key.startswith(LISTED):
        return key.removeprefix(LISTED)
    with suppress(OSError, SeqVizError):
        return (_upload_folder(key) / "name.txt").read_text(encoding="utf-8") or "your upload"
    return "an upload"


def keep_list(data: bytes) -> str:
    """Keep a list of variants as it came and return its token; raises SeqVizError where it is too large."""
    if len(data) > LARGEST:
        raise SeqVizError(f"The list has {len(data):,} bytes; at most {LARGEST:,} are taken.")
    token = hashlib.sha256(data).hexdigest()[:20]
    folder = _home() / "lists"
    folder.mkdir(parents=True, exist_ok=True)
    write_whole(folder / token, data)
    _make_room(folder / token)
    return token


def kept_list(token: str) -> bytes:
    """Return what was kept under a token; raises SeqVizError where it is not here any more."""
    with suppress(FileNotFoundError):
        if _TOKEN.fullmatch(token):
            return (_home() / "lists" / token).read_bytes()
    raise SeqVizError("This list of variants is not kept on this server any more, or was given to another one. Give it again.")


def _home() -> Path:
    return default_store().root / FOLDER


def _upload_folder(key: str) -> Path:
    token = key.removeprefix(UPLOADED)
    if not (key.startswith(UPLOADED) and _TOKEN.fullmatch(token)):
        raise SeqVizError(_GONE)
    return _home() / "uploads" / token


def _example() -> Path:
    path = _home() / "example" / "example.fa"
    data = example_fasta()
    if not (path.is_file() and path.read_bytes() == data):
        path.parent.mkdir(parents=True, exist_ok=True)
        write_whole(path, data)
    return path


@lru_cache(maxsize=16)
def _opened(path: Path, size: int, made: int, indexes: Path) -> Genome:
    return Genome(path, indexes)


def _make_room(keep: Path) -> None:
    """Remove what was opened longest ago of the folder that `keep` lies in, while all of it is larger than SEQVIZ_SAVED_MB."""
    entries = []
    for path in keep.parent.iterdir():
        with suppress(FileNotFoundError):
            if _TOKEN.fullmatch(path.name):
                files = [path] if path.is_file() else list(path.iterdir())
                entries.append((path != keep, path.stat().st_mtime, sum(file.stat().st_size for file in files), path))
    entries.sort(key=lambda entry: entry[:3])
    total, room = sum(size for _, _, size, _ in entries), whole_number("SEQVIZ_SAVED_MB", 500) * 1_000_000
    for removable, _, size, path in entries:
        if removable and total > room:
            total -= size
            path.unlink(missing_ok=True) if path.is_file() else shutil.rmtree(path, ignore_errors=True)
