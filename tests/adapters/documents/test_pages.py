"""Pages of what scanners and people send."""

from __future__ import annotations

import io
import random

import pytest
from fpdf import FPDF
from pypdf import PdfReader, PdfWriter

from adapters.documents.pages import PdfPages
from workers.ports.errors import Refused


def _pdf(pages: int) -> bytes:
    document = FPDF()
    for _ in range(pages):
        document.add_page()
    return bytes(document.output())


def _locked() -> bytes:
    writer, out = PdfWriter(clone_from=PdfReader(io.BytesIO(_pdf(1)))), io.BytesIO()
    writer.encrypt("secret", algorithm="RC4-128")
    writer.write(out)
    return out.getvalue()


@pytest.mark.parametrize("pages", [1, 2, 30])
def test_pages_are_counted(pages: int) -> None:
    """As a reader shows them."""
    assert PdfPages().pages(_pdf(pages)) == pages


UNREADABLE = {
    "empty": b"",
    "text": b"no document",
    "head": b"%PDF-1.7\n",
    "photograph": b"\xff\xd8\xff\xe0 a photograph",
    "cut": _pdf(2)[:200],
    "tail": _pdf(2)[200:],
    "locked": _locked(),
    "noise": b"%PDF" * 9999,
}


@pytest.mark.parametrize("content", UNREADABLE.values(), ids=UNREADABLE)
def test_what_nobody_can_read_is_refused(content: bytes) -> None:
    """Whatever is sent, the answer is a refusal and never a crash."""
    with pytest.raises(Refused):
        PdfPages().pages(content)


@pytest.mark.parametrize("seed", range(200))
def test_damaged_scans_never_crash(seed: int) -> None:
    """One byte in fifty is another one: counted or refused, nothing else."""
    chance = random.Random(seed)
    damaged = bytes(chance.randrange(256) if chance.random() < 0.02 else byte for byte in _pdf(3))
    try:
        found = PdfPages().pages(damaged)
    except Refused:
        found = None
    assert found is None or found >= 1
