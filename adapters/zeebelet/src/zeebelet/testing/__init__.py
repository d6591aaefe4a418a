"""Tests for processes, in process: an engine in milliseconds, mocked jobs, a clock to move, assertions on the path, coverage.

The pytest plugin gives the fixture `fsm_engine`::

    def test_happy_path(fsm_engine):
        fsm_engine.deploy("bpmn/order.bpmn")
        fsm_engine.mock_job("charge-card", {"paid": True})
        order = fsm_engine.start("Order", {"total": 12})
        fsm_engine.run()
        assert_instance(order).has_passed("ChargeCard", "OrderPaid").is_completed()

`--process-coverage DIR` writes which elements and flows the suite passed, as HTML with the coloured diagram and as JSON.
"""

from zeebelet.testing.asserts import assert_instance
from zeebelet.testing.kit import Instance, TestEngine
from zeebelet.testing.mocks import BpmnError, JobFailure, MockedJob

__all__ = ["BpmnError", "Instance", "JobFailure", "MockedJob", "TestEngine", "assert_instance"]
