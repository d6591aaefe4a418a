"""`fsm diff`: what changed, in an analyst's words."""

from __future__ import annotations

import pytest

from workers.settings import MODELS
from workers.workshop.changes.compare import Change, changes_between
from workers.workshop.changes.paths import Way, other_paths, parting, touching
from workers.workshop.changes.versions import files_of


def changed(file: str, old: str, new: str) -> list[Change]:
    """What is told of one replacement in one file."""
    before = files_of(MODELS)
    text = before[file].decode()
    assert old in text, f"{old} is not in {file}"
    return changes_between(before, {**before, file: text.replace(old, new).encode()})


def test_nothing_changed_is_nothing_told() -> None:
    """Two equal versions differ in nothing."""
    files = files_of(MODELS)

    assert changes_between(files, dict(files)) == []


ASSIGNMENT = "bpmn/provider-assignment.bpmn"
CHANGES = (
    (ASSIGNMENT, 'name="Send offer"', 'name="Ask provider"', "renamed", 'SendOffer is called "Ask provider"'),
    (ASSIGNMENT, 'type="send-offer"', 'type="send-mail"', "changed", "task type is now send-mail, was send-offer"),
    ("bpmn/work-closing-form.bpmn", "PT48H", "PT72H", "changed", "is now"),
    ("dmn/assignment-mode.dmn", '"PT4H"', '"PT2H"', "changed", 'Time to answer "PT2H"'),
    ("forms/decide-next.form", "REPLAN", "PLAN_AGAIN", "changed", "choices is now"),
)


@pytest.mark.parametrize(("file", "old", "new", "what", "told"), CHANGES)
def test_a_change_is_told_with_the_element_and_both_values(file: str, old: str, new: str, what: str, told: str) -> None:
    """Names, timers, task types, rows and choices: each is told at its element."""
    found = changed(file, old, new)

    assert any(change.what == what and told in change.text for change in found), found
    assert {change.file for change in found} == {file}


def test_layout_is_no_change() -> None:
    """Moving a shape changes nothing that runs."""
    before = files_of(MODELS)
    file = "bpmn/technical-visit.bpmn"
    moved = before[file].replace(b"<dc:Bounds x=", b"<dc:Bounds  x=")

    assert moved != before[file]
    assert changes_between(before, {**before, file: moved}) == []


def test_what_running_instances_lose_is_said() -> None:
    """A user task that is gone leaves instances that cannot be migrated without saying where they go."""
    found = changed("bpmn/provider-assignment.bpmn", 'id="AssignManually"', 'id="AskCapacity"')

    assert any("wait at AssignManually cannot be migrated" in change.migration for change in found)


def test_only_scenarios_that_pass_what_changed_are_played_again() -> None:
    """A row of one table concerns whoever asks it, a model whoever runs it; a form may concern anybody."""
    before = files_of(MODELS)
    ways = {
        "S8": Way({"ServiceOrderJourney": ["OrderCreated"]}, frozenset({"ServiceClassification"})),
        "S12": Way(
            {"ServiceOrderJourney": ["OrderCreated"], "ProviderAssignment": ["SendOffer"]},
            frozenset({"AssignmentMode"}),
        ),
    }

    def touched(file: str) -> list[str]:
        return touching(ways, before, {**before, file: before[file] + b"<!-- -->"})

    assert touched("dmn/assignment-mode.dmn") == ["S12"]
    assert touched("bpmn/provider-assignment.bpmn") == ["S12"]
    assert touched("bpmn/service-order-journey.bpmn") == ["S8", "S12"]
    assert touched("dmn/wcf-handling.dmn") == []
    assert touched("forms/decide-next.form") == ["S8", "S12"]


def test_where_two_ways_part_is_said() -> None:
    """The first element that differs, of the first process where one does; equal ways say nothing."""
    old = {"ProviderAssignment": ["SendOffer", "OnSilence", "AutoAcceptOffer"]}
    new = {"ProviderAssignment": ["SendOffer", "OnSilence", "ExpireOffer"]}

    assert parting(old, new) == "ProviderAssignment goes to ExpireOffer where it went to AutoAcceptOffer"
    assert parting(old, dict(old)) == ""
    assert parting(old, {}) == "ProviderAssignment goes to the end where it went to SendOffer"


@pytest.mark.integration
def test_scenarios_that_take_another_way_are_named() -> None:
    """Silence that no longer counts as yes in Spain: S12 parts, first where somebody is told; a French order goes as before."""
    now = files_of(MODELS)
    before = {**now, "dmn/assignment-mode.dmn": now["dmn/assignment-mode.dmn"].replace(b'"ACCEPT"', b'"NEXT"')}
    said: list[str] = []

    lines = list(other_paths(before, now, MODELS, progress=said.append, names=("S12", "S13", "S47")))

    assert len(lines) == 1
    assert lines[0].startswith("S12 ")
    assert " goes to " in lines[0]
    assert said[0] == "3 scenarios against these models"
