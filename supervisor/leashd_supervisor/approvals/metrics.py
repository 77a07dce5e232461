"""Numbers about approvals."""

from __future__ import annotations

from leashd_supervisor.approvals.service import Approvals
from leashd_supervisor.kernel.bus import Bus, Event
from leashd_supervisor.kernel.metrics import Metrics


def measure(approvals: Approvals, bus: Bus, metrics: Metrics) -> None:
    """Counts from now on how approvals end, and how long people took."""
    ends = metrics.counter("leashd_approvals_total", "Approvals that are settled.", ("outcome", "surface"))
    waits = metrics.histogram("leashd_approval_wait_seconds", "From the question to its end.")
    metrics.gauge("leashd_approvals_pending", "Approvals that wait.", lambda: len(approvals.store.pending()))
    metrics.gauge("leashd_stream_clients", "Pages that listen.", bus.listeners)

    def count(event: Event) -> None:
        if event.name == "approval.settled":
            ends.add(event.data["state"], event.data["surface"])
            approval = approvals.store.get(event.data["id"])
            if approval is not None:
                waits.observe(max(0.0, event.time - approval.created))

    bus.watch(count)
