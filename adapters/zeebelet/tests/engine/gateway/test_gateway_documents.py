"""JSON documents as clients send them."""

from __future__ import annotations

from typing import Any

import pytest

from zeebelet.gateway.documents import document, pick, text
from zeebelet.gateway.errors import InvalidRequestError


@pytest.mark.parametrize(
    ("sent", "value"),
    [
        ("", {}),
        ("  \n", {}),
        ("null", {}),
        ("{}", {}),
        ('{"a":1}', {"a": 1}),
        ('{"a":9223372036854775807}', {"a": 2**63 - 1}),
    ],
)
def test_a_document_is_an_object_and_blank_means_empty(sent: str, value: Any) -> None:
    """Blank text and null are the empty document."""
    assert document(sent) == value


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        ("x", "Invalid JSON value: x"),
        ('{"a":', "Invalid JSON value: "),
        ('{"a":NaN}', "Invalid JSON value: "),
        ("[]", "Expected document to be a root level object, but was 'ARRAY'"),
        ('"a"', "but was 'STRING'"),
        ("1", "but was 'INTEGER'"),
        ('{"a":99999999999999999999999}', "out of range"),
    ],
)
def test_what_is_no_document_is_refused(sent: str, words: str) -> None:
    """Broken JSON, other roots, and integers of more than 64 bits."""
    with pytest.raises(InvalidRequestError, match=r".") as refused:
        document(sent)

    assert words in refused.value.detail


def test_values_are_written_compactly_and_in_their_own_letters() -> None:
    """No blanks, no escapes of letters."""
    assert text({"a": [1, None], "b": "é"}) == '{"a":[1,null],"b":"é"}'


def test_of_the_variables_those_named_that_exist_are_taken() -> None:
    """None named: all."""
    assert pick({"a": 1, "b": 2}, ["b", "c"]) == {"b": 2}
    assert pick({"a": 1}, []) == {"a": 1}
