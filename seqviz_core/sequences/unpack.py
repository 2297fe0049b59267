"""Text from pasted text or from a file's bytes: unpacked, decoded, with one kind of line end."""

import gzip
import io
import re
import zlib

from ..errors import SeqVizError

NAME_LENGTH = 200  # characters of a name that are kept
_GZIP = b"\x1f\x8b"
_UTF16 = (b"\xff\xfe", b"\xfe\xff")
_ODD_SPACE = re.compile("[\x85\xa0\u1680\u2000-\u200b\u2028\u2029\u202f\u205f\u3000\ufeff]")


def read_text(data: str | bytes, limit: int) -> str:
    """Return the text of `data`, lines ended by a newline, without a byte order mark; odd spaces become plain ones.

    limit : bytes of text (UTF-8) at most; a gz file is unpacked no further.
    Raises SeqVizError for more than that, for a gz file that is cut off or damaged, and for what is no text.
    """
    text = _decode(_unpack(data, limit)) if isinstance(data, bytes) else data
    if len(text) > limit or len(text.encode("utf-8", "surrogatepass")) > limit:
        raise _too_long(limit)
    text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    return text if text.isascii() else _ODD_SPACE.sub(" ", text)  # a space a character keeps the columns


def one_line(name: str) -> str:
    """Return a name from a file on one line: without control characters, cut after 200 characters."""
    clean = " ".join("".join(c if c.isprintable() else " " for c in name[:10 * NAME_LENGTH]).split())
    return clean if len(clean) <= NAME_LENGTH else clean[:NAME_LENGTH - 1] + "…"


def _too_long(limit: int) -> SeqVizError:
    return SeqVizError(f"There are more than {limit:,} bytes of text; at most {limit:,} are read at once.")


def _unpack(data: bytes, limit: int) -> bytes:
    if len(data) > limit + 4:  # room for a byte order mark
        raise _too_long(limit)
    if not data.startswith(_GZIP):
        return data
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(data)) as file:
            return file.read(limit + 4)
    except EOFError:
        raise SeqVizError("The gz file is cut off: it ends before its data do. Upload the whole file.") from None
    except (OSError, zlib.error):
        raise SeqVizError("The gz file is damaged and cannot be unpacked. Pack it again, or upload it unpacked.") from None


def _decode(data: bytes) -> str:
    if data.startswith(_UTF16):
        return _decode_as("utf-16", data)
    if b"\0" in data[:1024]:
        raise SeqVizError("This file is not text. SeqViz reads plain text, FASTA and GenBank files, and gz of them.")
    return _decode_as("utf-8-sig", data)


def _decode_as(encoding: str, data: bytes) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        before = data[:error.start].decode(encoding, "replace").replace("\r\n", "\n").replace("\r", "\n")
        line, column = before.count("\n") + 1, len(before) - before.rfind("\n")
        wrong = f"the byte 0x{data[error.start]:02x} is not text in {'UTF-16' if encoding == 'utf-16' else 'UTF-8'}"
        raise SeqVizError(f"Line {line}, column {column}: {wrong}. Save the file as plain text in UTF-8.") from None
