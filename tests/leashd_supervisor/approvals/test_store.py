"""The database does not grow for ever, and nothing that still waits goes with what is old."""

import pytest
from leashd_supervisor.approvals import store
from leashd_supervisor.approvals.model import Answer
from leashd_supervisor.approvals.service import Approvals

from tests.leashd_supervisor.approvals.conftest import call


def test_what_is_long_settled_is_forgotten_and_what_waits_is_not(
    approvals: Approvals, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store, "KEPT", 20)
    waits = approvals.ask(call("waits"))
    for number in range(1, 300):
        approvals.answer(approvals.ask(call(str(number))).id, Answer(True), "test")
    kept = {one.request.call_id for one in approvals.store.recent(1000)}
    assert kept == {str(number) for number in range(280, 300)}
    assert [one.id for one in approvals.store.pending()] == [waits.id]
    assert approvals.answer(waits.id, Answer(True), "test").state == "allowed"
