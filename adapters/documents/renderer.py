"""Documents as PDF with fpdf2: the same request gives the same bytes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from adapters.documents.settings import DocumentSettings
from adapters.documents.wire import ENCODING, showable, tagless
from workers.ports.documents import DocumentRequest

if TYPE_CHECKING:
    from fpdf import FPDF

# The bytes must not tell when they were made: evidence is compared by its SHA-256.
MADE = datetime(2000, 1, 1, tzinfo=UTC)
LABEL_WIDTH = 60
LINE = 6
SIGNATURE = "{{{{Sig_es_:signer{signer}:signature}}}}"


class PdfRenderer:
    """Implements `workers.ports.documents.Renderer`.

    Form fields are Acrobat Sign text tags: the service turns them into the fields the signer fills in.
    """

    def __init__(self, settings: DocumentSettings) -> None:
        self._settings = settings

    def render(self, request: DocumentRequest) -> bytes:
        """The document as PDF."""
        pdf, family, text = self._page()
        pdf.set_lang(request.locale.replace("_", "-"))
        pdf.set_title(text(request.title))
        pdf.set_font(family, size=16)
        pdf.multi_cell(0, 10, text(request.title), new_x="LMARGIN", new_y="NEXT")
        for heading, lines in request.sections:
            _section(pdf, family, text, heading, lines)
        _form(pdf, family, request)
        return bytes(pdf.output())

    def _page(self) -> tuple[FPDF, str, Callable[[str], str]]:
        """An empty page, the font's name, and what makes a text showable in it."""
        # Imported here: it takes a second, and most commands draw nothing.
        from fpdf import FPDF

        pdf = FPDF()
        pdf.set_creation_date(MADE)
        pdf.set_producer("fsm-platform")
        pdf.core_fonts_encoding = ENCODING
        pdf.add_page()
        if self._settings.font_file is None:
            return pdf, "helvetica", lambda text: tagless(showable(text))
        pdf.add_font("document", fname=self._settings.font_file)
        return pdf, "document", tagless


def _section(pdf: FPDF, family: str, text: Callable[[str], str], heading: str, lines: Mapping[str, str]) -> None:
    pdf.ln(3)
    pdf.set_font(family, size=12)
    pdf.multi_cell(0, 8, text(heading), border="B", new_x="LMARGIN", new_y="NEXT")
    pdf.set_font(family, size=10)
    for label, content in lines.items():
        pdf.multi_cell(LABEL_WIDTH, LINE, text(label), new_x="RIGHT", new_y="TOP")
        pdf.multi_cell(0, LINE, text(content) or "-", new_x="LMARGIN", new_y="NEXT")


def _form(pdf: FPDF, family: str, request: DocumentRequest) -> None:
    signers = max(request.signatures, 1 if request.form_fields else 0)
    if not signers:
        return
    pdf.ln(6)
    pdf.set_font(family, size=10)
    for name in request.form_fields:
        pdf.multi_cell(0, LINE + 2, f"{name}: {{{{{name}_es_:signer1}}}}", new_x="LMARGIN", new_y="NEXT")
    for signer in range(1, signers + 1):
        pdf.multi_cell(0, LINE + 6, SIGNATURE.format(signer=signer), new_x="LMARGIN", new_y="NEXT")
