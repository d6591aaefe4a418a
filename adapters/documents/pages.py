"""Pages of a PDF, counted with pypdf."""

from __future__ import annotations

import io
import logging

from workers.ports.errors import Refused
from workers.ports.references import SYSTEM

# pypdf tells every oddity of a scanner's PDF; what matters here is only whether it can be read.
logging.getLogger("pypdf").setLevel(logging.ERROR)


class PdfPages:
    """Implements `workers.ports.documents.PageCounter`."""

    def pages(self, content: bytes) -> int:
        """Counts; whatever a broken file does to the reader is a refusal."""
        # Imported here: it takes a second, and most commands count no pages.
        from pypdf import PdfReader
        from pypdf.errors import PyPdfError

        try:
            reader = PdfReader(io.BytesIO(content))
            number = 0 if reader.is_encrypted else len(reader.pages)
        except (PyPdfError, ValueError, KeyError, TypeError, AttributeError, IndexError, RecursionError) as error:
            raise Refused("it is no readable PDF", system=SYSTEM) from error
        if number < 1:
            raise Refused("it is locked, or has no page", system=SYSTEM)
        return number
