"""What links keep on the server: comes back as it was, in the same words for the same bytes; damage and room are handled."""

import os
import random
from concurrent.futures import ThreadPoolExecutor

import pytest

from seqviz_core.errors import SeqVizError
from seqviz_core.saved import FOLDER, LARGEST, load, save, token_of
from seqviz_core.training import default_store


def test_what_was_saved_comes_back_and_equal_bytes_have_one_token():
    data = b">a\n" + b"ACGT" * 5000
    token = save(data)
    assert load(token) == data and save(data) == token == token_of(data) and save(data + b"A") != token
    assert (default_store().root / FOLDER / token).stat().st_size < len(data) / 20
    assert default_store().runs() == [] and default_store().problems() == []  # it is no run


@pytest.mark.parametrize("token", ["", "f" * 20, "../../etc/passwd", "F" * 20, "a" * 21, ".lock"])
def test_what_is_no_token_or_gone_is_said(token):
    with pytest.raises(SeqVizError, match="not kept on this server"):
        load(token)


def test_damage_is_said():
    token = save(b"ACGT")
    path = default_store().root / FOLDER / token
    path.write_bytes(path.read_bytes()[:-3])
    with pytest.raises(SeqVizError, match="damaged"):
        load(token)


def test_too_much_is_refused():
    with pytest.raises(SeqVizError, match="too many to be kept"):
        save(bytes(LARGEST + 1))


def test_many_visitors_at_once_save_load_and_push_each_other_out(monkeypatch):
    monkeypatch.setenv("SEQVIZ_SAVED_MB", "1")

    def visit(seed: int) -> str:
        token = save(random.Random(seed).randbytes(150_000))
        try:
            return load(token)[:0].decode() or token
        except SeqVizError as gone:
            return str(gone)

    with ThreadPoolExecutor(8) as pool:
        said = list(pool.map(visit, [seed % 12 for seed in range(96)]))
    assert all(len(text) == 20 or "not kept on this server any more" in text for text in said)
    assert sum(p.stat().st_size for p in (default_store().root / FOLDER).iterdir()) <= 1_200_000


def test_room_is_made_by_removing_what_nobody_opened_longest(monkeypatch):
    monkeypatch.setenv("SEQVIZ_SAVED_MB", "1")
    tokens = [save(os.urandom(400_000)) for _ in range(2)]
    folder = default_store().root / FOLDER
    os.utime(folder / tokens[0], (1, 1))
    os.utime(folder / tokens[1], (2, 2))
    load(tokens[0])  # opened now, so the other one goes
    newest = save(os.urandom(400_000))
    assert {p.name for p in folder.iterdir()} == {tokens[0], newest}
