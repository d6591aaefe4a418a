"""The gateway's messages: pyzeebe's stubs and what 8.9 added, side by side in one process."""

from __future__ import annotations

import pytest
from pyzeebe.proto import gateway_pb2 as stubs

from zeebelet.gateway.rpc import additions
from zeebelet.gateway.rpc.answers import ANSWERS
from zeebelet.gateway.rpc.protocol import message, methods
from zeebelet.gateway.rpc.requests import COMMANDS


def test_every_rpc_of_the_protocol_is_served() -> None:
    """22 RPCs; each that is not a stream or the topology has a command and an answer."""
    names = {method.name for method in methods()}

    assert len(names) == 22
    assert set(COMMANDS) == set(ANSWERS) == names - {"Topology", "ActivateJobs", "StreamActivatedJobs"}


def test_a_client_with_older_stubs_reads_what_it_knows() -> None:
    """Added fields are unknown to pyzeebe's stubs, the others come through; and the other way round."""
    job = message("ActivatedJob")(key=5, type="a", kind="TASK_LISTENER", tags=["t"])
    job.userTask.assignee = "ann"

    older = stubs.ActivatedJob.FromString(job.SerializeToString())
    again = message("ActivatedJob").FromString(older.SerializeToString())

    assert (older.key, older.type) == (5, "a")
    assert (again.userTask.assignee, again.kind, list(again.tags)) == ("ann", 2, ["t"])


@pytest.mark.parametrize("name", [*additions.MESSAGES, *additions.FIELDS])
def test_every_added_field_is_there_under_its_number(name: str) -> None:
    """What the table of additions says is what the descriptor says."""
    declared = (additions.MESSAGES | additions.FIELDS)[name]
    fields = message(name).DESCRIPTOR.fields_by_name

    for line in declared.split(","):
        field, number, kind = line.split()
        assert fields[field].number == int(number)
        assert fields[field].is_repeated is kind.startswith("*")
        if kind.startswith("?"):
            assert fields[field].has_presence


def test_enums_are_numbered_in_the_order_of_the_table() -> None:
    """The kinds of jobs and listener events have the vendor's numbers."""
    enums = message("ActivatedJob").DESCRIPTOR.enum_types_by_name

    assert enums["JobKind"].values_by_name["AD_HOC_SUB_PROCESS"].number == 3
    assert enums["ListenerEventType"].values_by_name["UPDATING"].number == 7
