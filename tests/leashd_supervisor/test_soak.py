"""`make soak`, for a few seconds: with kills, restarts and two people, every call gets its one answer."""

from pathlib import Path

from tests.bench.soak import soak


def test_nothing_is_lost_doubled_or_allowed_unanswered_while_the_supervisor_comes_and_goes(tmp_path: Path) -> None:
    report = soak(tmp_path, seconds=8, approvals=80)
    assert report.errors == []
    assert sum(report.outcomes.values()) == report.approvals == 80
    assert report.faults
    assert report.races
