"""Variables and mappings."""

from __future__ import annotations

from bpmn_models import boundary, catch, end, error, message, one_task, process, service, start, sub
from zeebe_client import Code, Zeebe, raises_refusal


def test_F01_a_completed_job_gives_its_variables_to_the_process(z: Zeebe) -> None:
    """Without output mappings they merge upwards."""
    instance = z.run(one_task())

    z.complete("a", x=1)

    z.assert_eventually(lambda: z.variables(instance), {"x": 1})


def test_F03_with_an_output_mapping_only_its_target_leaves(z: Zeebe) -> None:
    """x becomes y; x and q stay behind."""
    instance = z.run(one_task(outputs=[("=x", "y")]))

    z.complete("a", x=1, q=2)

    z.assert_eventually(lambda: z.variables(instance), {"y": 1})


def test_F05_nested_targets_build_one_object(z: Zeebe) -> None:
    """z.x and z.y are one variable z."""
    instance = z.run(one_task(outputs=[("=x", "z.x"), ("=y", "z.y")]))

    z.complete("a", x=1, y=2)

    z.assert_eventually(lambda: z.variables(instance), {"z": {"x": 1, "y": 2}})


def test_F07_a_nested_input_target_is_a_new_object(z: Zeebe) -> None:
    """The local a does not copy the root's a, and leaves it alone."""
    instance = z.run(one_task(inputs=[("=1", "a.b")]), a={"c": 2})

    job = z.job("a")

    assert z.variables(instance, job.elementInstanceKey) == {"a": {"b": 1}}
    assert z.variables(instance) == {"a": {"c": 2}}


def test_F09_inputs_build_on_each_other_in_order(z: Zeebe) -> None:
    """a = x, then a.b = y: a is an object with b."""
    instance = z.run(one_task(inputs=[("=x", "a"), ("=y", "a.b")]), x=1, y=2)

    job = z.job("a")

    assert z.variables(instance, job.elementInstanceKey) == {"a": {"b": 2}}


def test_F11_an_assertion_stops_an_input_mapping_until_it_holds(z: Zeebe) -> None:
    """IO_MAPPING_ERROR; with the variable set, resolving continues."""
    instance = z.run(one_task(inputs=[("=assert(x, x != null)", "v")]))
    incident = z.eventually(
        lambda: z.incident(instance, "IO_MAPPING_ERROR", "Assertion failure on evaluate the expression")
    )
    assert z.jobs("a") == []

    z.set_variables(instance, x=7)
    z.resolve(incident)

    assert z.variables(instance, z.job("a").elementInstanceKey) == {"v": 7}


def test_F13_the_nearest_owner_of_a_name_takes_the_value(z: Zeebe) -> None:
    """v is local to the sub-process: a job inside changes that one, the root never has v."""
    inner = sub(
        "SP", start("S2"), service("A", "a"), service("B", "b"), end("E2"), flows=["S2 A B E2"], inputs=[("=1", "v")]
    )
    instance = z.run(process("P", start(), inner, end(), flows=["S SP E"]))

    z.complete("a", v=2)

    z.job("b")
    assert z.variables(instance, z.element(instance, "SP")) == {"v": 2}
    assert z.variables(instance) == {}


def test_F15_set_variables_locally(z: Zeebe) -> None:
    """local=true makes or changes the variable in that scope alone."""
    instance = z.run(one_task(), foo=2)
    job = z.job("a")

    z.set_variables(job.elementInstanceKey, local=True, foo=5)

    z.assert_eventually(lambda: z.variables(instance, job.elementInstanceKey), {"foo": 5})
    assert z.variables(instance) == {"foo": 2}


def test_F17_a_finished_element_has_no_variables_to_set(z: Zeebe) -> None:
    """NOT_FOUND, with the key."""
    instance = z.run(one_task())
    z.complete("a")
    text = f"Expected to update variables for element with key '{instance}', but no such element was found"

    with raises_refusal(Code.NOT_FOUND, text):
        z.set_variables(instance, x=1)


def test_F19_a_message_maps_its_variables(z: Zeebe) -> None:
    """Only the target of the output mapping reaches the process."""
    instance = z.run(
        process("P", start(), catch("M", message("m", "=k"), outputs=[("=m", "n")]), end(), flows=["S M E"]), k="1"
    )

    z.publish("m", "1", m=1)

    z.assert_ends(instance)
    assert z.variables(instance) == {"k": "1", "n": 1}


def test_F21_an_error_event_with_an_output_mapping_gives_it_to_the_process(z: Zeebe) -> None:
    """Without a mapping the variables of an error stay at the event; with one its target leaves."""
    instance = z.run(
        process(
            "P",
            start(),
            service("A", "a"),
            boundary("B", "A", error("E1"), outputs=[("=e", "err")]),
            end(),
            end("E2"),
            flows=["S A E", "B E2"],
        )
    )

    z.throw("a", "E1", e=1)

    z.assert_ends(instance)
    assert z.variables(instance) == {"err": 1}


def test_F23_resolving_a_failed_output_mapping_does_not_repeat_the_job(z: Zeebe) -> None:
    """The job is done; only the mapping is tried again."""
    instance = z.run(one_task(outputs=[("=assert(x, x != null)", "y")]))
    z.complete("a")
    incident = z.eventually(lambda: z.incident(instance, "IO_MAPPING_ERROR"))

    z.set_variables(instance, x=1)
    z.resolve(incident)

    assert z.jobs("a") == []
    z.assert_ends(instance)
    assert z.variables(instance)["y"] == 1


def test_F25_a_date_is_stored_as_its_text(z: Zeebe) -> None:
    """A date and time becomes the ISO text it was made of."""
    instance = z.run(one_task(outputs=[("=date and time(x)", "y")]))

    z.complete("a", x="2023-01-01T10:00:00Z")

    z.assert_ends(instance)
    assert z.variables(instance)["y"] == "2023-01-01T10:00:00Z"
