"""Numbers in the text format of Prometheus."""

from leashd_supervisor.approvals.metrics import measure
from leashd_supervisor.approvals.model import Answer, Request
from leashd_supervisor.approvals.service import Approvals
from leashd_supervisor.approvals.store import Store
from leashd_supervisor.kernel.bus import Bus
from leashd_supervisor.kernel.clock import SystemClock
from leashd_supervisor.kernel.db import MEMORY, Database
from leashd_supervisor.kernel.metrics import Metrics


def test_the_format():
    metrics = Metrics()
    metrics.counter("b_total", "Things.", ("kind",)).add('a "quoted" \\ word\nof two lines')
    metrics.counter("c_total", "None yet.")
    metrics.gauge("a", "A number.", lambda: 2.5)
    wait = metrics.histogram("d_seconds", "Waits.", (1, 5))
    for seconds in (0.5, 1, 3, 100):
        wait.observe(seconds)
    assert metrics.text() == (
        "# HELP a A number.\n# TYPE a gauge\na 2.5\n"
        "# HELP b_total Things.\n# TYPE b_total counter\n"
        'b_total{kind="a \\"quoted\\" \\\\ word\\nof two lines"} 1\n'
        "# HELP c_total None yet.\n# TYPE c_total counter\nc_total 0\n"
        "# HELP d_seconds Waits.\n# TYPE d_seconds histogram\n"
        'd_seconds_bucket{le="1"} 2\nd_seconds_bucket{le="5"} 3\nd_seconds_bucket{le="+Inf"} 4\n'
        "d_seconds_sum 104.5\nd_seconds_count 4\n"
    )


def test_large_numbers_stay_whole():
    metrics = Metrics()
    metrics.counter("c_total", "Many.").add(amount=123456789)
    assert "c_total 123456789\n" in metrics.text()


def test_labels_from_outside_cannot_fill_the_memory():
    metrics = Metrics()
    counter = metrics.counter("c_total", "Many.", ("rule",))
    for number in range(5000):
        counter.add(f"rule{number}")
    assert len(metrics.text().splitlines()) < 1100
    assert 'c_total{rule="other"} 4000\n' in metrics.text()


def test_approvals_are_counted_by_outcome_and_surface_with_their_wait():
    db = Database(MEMORY)
    bus, metrics = Bus(db, SystemClock()), Metrics()
    approvals = Approvals(Store(db), bus, SystemClock())
    measure(approvals, bus, metrics)
    first, second, _ = (
        approvals.ask(Request("tool", "claude", "s", str(number), "d", "Bash", {}, "/p")) for number in range(3)
    )
    approvals.answer(first.id, Answer(True), "page")
    approvals.answer(second.id, Answer(False), "terminal")
    text = metrics.text()
    assert 'leashd_approvals_total{outcome="allowed",surface="page"} 1\n' in text
    assert 'leashd_approvals_total{outcome="denied",surface="terminal"} 1\n' in text
    assert "leashd_approval_wait_seconds_count 2\n" in text
    assert "leashd_approvals_pending 1\n" in text
    assert "leashd_stream_clients 0\n" in text
