"""The settings of a run as a short text for an address: whoever has the link can train a run again that is gone.

    text = write_recipe(run.spec)
    spec = read_recipe(text)  # has the run's id, and so trains the same run
"""

import binascii
import json
import zlib
from base64 import urlsafe_b64decode, urlsafe_b64encode

from ..errors import SeqVizError
from .config import RunSpec

LONGEST = 4_000  # characters: an address of twice that is cut by some servers on its way
UNPACKED = 200_000  # bytes
DAMAGED = "they are damaged or cut off. Copy the whole link again."


def write_recipe(spec: RunSpec) -> str:
    """Return every setting of the run as letters, digits, "-" and "_", some 400 of them.

    Raises SeqVizError for a setting that is refused, and where the settings hold sequences of one's own, too long for a link.
    """
    plain = json.dumps(json.loads(spec.complete().to_json()), separators=(",", ":"))
    text = urlsafe_b64encode(zlib.compress(plain.encode(), 9)).decode().rstrip("=")
    if len(text) > LONGEST:
        raise SeqVizError("The settings of this run hold sequences that are too long for a link.")
    return text


def read_recipe(text: str) -> RunSpec:
    """Return the run's spec, every setting checked and written out.

    Raises SeqVizError where the text is no recipe, is damaged or cut off, was written by another version, or names what this
    server does not have.
    """
    if not text or len(text) > LONGEST:
        raise SeqVizError("The link holds no settings of a run that could be read. Copy the whole link again.")
    try:
        return RunSpec.from_json(_unpacked(text)).complete()
    except SeqVizError as error:
        raise SeqVizError(f"The settings in the link cannot be used: {error}") from error


def _unpacked(text: str) -> str:
    try:
        packed = urlsafe_b64decode(text.encode("ascii") + b"=" * (-len(text) % 4))
        unpacker = zlib.decompressobj()
        plain = unpacker.decompress(packed, UNPACKED)
        if not unpacker.eof:
            raise SeqVizError(DAMAGED)
        return plain.decode()
    except (binascii.Error, zlib.error, UnicodeError) as error:
        raise SeqVizError(DAMAGED) from error
