"""Reading and writing a run's files: whole or not at all, and a damaged one is said in a sentence that names the run."""

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING

from ..errors import SeqVizError

if TYPE_CHECKING:
    from torch import nn


@contextmanager
def about(run_id: str, file: str) -> Iterator[None]:
    """Name the run and the file in a SeqVizError raised within the block."""
    try:
        yield
    except SeqVizError as error:
        raise SeqVizError(f"Run {run_id}: {file} cannot be used: {error}") from error


def read_text(path: Path, missing: str | None = None) -> str:
    """Return a file's text, or `missing` where it is not there; raises SeqVizError without one, or for what is no text."""
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError as error:
        if missing is not None:
            return missing
        raise SeqVizError("it is missing.") from error
    except UnicodeDecodeError as error:
        raise SeqVizError("it is not text.") from error


def write_whole(path: Path, content: str | bytes) -> None:
    """Write a file so that readers see the old or the new content, never a part."""
    unfinished = path.with_name(f".{path.name}.{os.getpid()}-{threading.get_ident()}")
    unfinished.write_bytes(content.encode() if isinstance(content, str) else content)
    os.replace(unfinished, path)


def weights_of(model: "nn.Module") -> bytes:
    """Return the state of `model` in the safetensors format."""
    from safetensors.torch import save

    return save({name: value.detach().cpu().contiguous() for name, value in model.state_dict().items()})


def load_weights(model: "nn.Module", path: Path) -> "nn.Module":
    """Return `model` with the weights of a safetensors file; raises SeqVizError for a damaged file or another model's."""
    from safetensors import SafetensorError
    from safetensors.torch import load_file

    try:
        weights = load_file(path)
    except SafetensorError as error:
        raise SeqVizError(f"it is damaged or no safetensors file ({error}).") from error
    expected = {name: (t.shape, t.dtype) for name, t in model.state_dict().items()}
    found = {name: (t.shape, t.dtype) for name, t in weights.items()}
    wrong = sorted(name for name in expected | found if expected.get(name) != found.get(name))
    if wrong:
        raise SeqVizError(f"it holds another model's weights ({len(wrong)} differ, the first is {wrong[0]!r}).")
    model.load_state_dict(weights)
    return model


def claim(root: Path) -> IO:
    """Return an open lock file in `root`; raises SeqVizError where another server holds it. The system frees a dead one's."""
    root.mkdir(parents=True, exist_ok=True)
    file = open(root / ".lock", "w")  # noqa: SIM115  held until close()
    if os.name == "posix":
        import fcntl

        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            file.close()
            raise SeqVizError(f"Another SeqViz server trains into {root}; set SEQVIZ_RUNS to another folder.") from error
    return file
