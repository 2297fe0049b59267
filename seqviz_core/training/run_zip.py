"""A finished run as one file: a zip of exactly its four files. A zip from elsewhere is unpacked no further than a run goes."""

import io
import zipfile
import zlib

from ..errors import SeqVizError
from .runs import CONFIG, METRICS, STATUS, WEIGHTS, Run
from .weights_file import LARGEST, refuse_pickle

MOST = {CONFIG: 6_000_000, STATUS: 100_000, METRICS: 2_000_000, WEIGHTS: LARGEST}
"""Bytes of each file of a run, unpacked; the settings of a run may hold the sequences it was trained on."""
_LONGEST_DIRECTORY = 2_000  # bytes of a zip's table of contents: four files take about 300


def export_run(run: Run) -> bytes:
    """Return a finished run as a zip that `import_run` reads; raises SeqVizError for a run that has no weights."""
    if not run.trained:
        raise SeqVizError(f"Run {run.id} has no weights to take with you: it is {run.status.state}.")
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name in MOST:
            content = (run.path / name).read_bytes() if (run.path / name).exists() else b""
            archive.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)  # no dates: equal runs, equal zips
    return packed.getvalue()


def unpack_run(data: bytes) -> dict[str, bytes]:
    """Return the four files of a packed run by name.

    Raises SeqVizError for anything else in it, for too much, for a damaged or encrypted zip, and for what is none.
    """
    if len(data) > LARGEST:
        raise SeqVizError(f"The zip is {len(data):,} bytes; at most {LARGEST:,} are read.")
    refuse_pickle(data)
    if not data.startswith(b"PK"):
        raise SeqVizError("This is not a zip file. A run is packed by the button 'Download' beside it.")
    end = data.rfind(b"PK\x05\x06")  # the end of a zip says how long its table of contents is
    if end < 0:
        raise SeqVizError("The zip is cut off: it ends before its table of contents. Upload the whole file.")
    if int.from_bytes(data[end + 12:end + 16], "little") > _LONGEST_DIRECTORY:
        raise SeqVizError(f"The zip holds more than the four files of a run: {', '.join(MOST)}.")
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            _check_entries(archive.infolist())
            return {name: _member(archive, name) for name in MOST}
    except SeqVizError:
        raise
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, NotImplementedError, RuntimeError) as error:
        raise SeqVizError(f"The zip is damaged or locked ({str(error)[:80]}). Pack the run again.") from error


def _check_entries(entries: list[zipfile.ZipInfo]) -> None:
    names = [entry.filename for entry in entries]
    odd = next((name for name in names if name not in MOST or names.count(name) > 1), None)
    if odd is not None:
        raise SeqVizError(f"The zip holds {odd[:60]!r}; a run is exactly {', '.join(MOST)}, each once and in no folder.")
    if any(entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED) for entry in entries):
        raise SeqVizError("The zip is packed in an unusual way; use the ordinary one (deflate).")
    missing = [name for name in MOST if name not in names]
    if missing:
        raise SeqVizError(f"The zip has no {missing[0]}; a run is exactly {', '.join(MOST)}.")


def _member(archive: zipfile.ZipFile, name: str) -> bytes:
    """Return one file, unpacked no further than it may be, whatever the zip says of its size."""
    with archive.open(name) as file:
        content = file.read(MOST[name] + 1)
    if len(content) > MOST[name]:
        raise SeqVizError(f"The zip's {name} is larger than the {MOST[name]:,} bytes that are read.")
    return content
