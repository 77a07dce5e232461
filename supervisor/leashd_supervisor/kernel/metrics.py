"""Numbers for Prometheus: counters, histograms, and gauges that are asked when somebody looks.

The text format is small enough to be written here: https://prometheus.io/docs/instrumenting/exposition_formats/
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TypeVar

#: Seconds: how long people take, from a glance to a weekend.
WAITS = (1, 2, 5, 10, 30, 60, 300, 1800, 7200, 43200, 259200)
#: Sets of labels of one metric; what comes after counts as `other`, since names can come from outside.
SETS = 1000


class Counter:
    """A number that only grows, for every set of labels."""

    def __init__(self, labels: Sequence[str]) -> None:
        self._labels = labels
        self._values: dict[tuple[str, ...], float] = {}

    def add(self, *values: str, amount: float = 1) -> None:
        """Counts, for the labels' values in their order."""
        if values not in self._values and len(self._values) >= SETS:
            values = ("other",) * len(values)
        self._values[values] = self._values.get(values, 0) + amount

    def lines(self, name: str) -> Iterator[str]:
        """The samples."""
        for values, number in sorted(self._values.items()):
            yield _sample(name, zip(self._labels, values, strict=True), number)
        if not self._labels and not self._values:
            yield _sample(name, (), 0)


class Histogram:
    """How often a value was at most as large as each of some bounds."""

    def __init__(self, bounds: Sequence[float]) -> None:
        self._bounds = bounds
        self._counts = [0] * len(bounds)
        self._number = 0
        self._sum = 0.0

    def observe(self, value: float) -> None:
        """Notes a value."""
        self._number += 1
        self._sum += value
        for at, bound in enumerate(self._bounds):
            self._counts[at] += value <= bound

    def lines(self, name: str) -> Iterator[str]:
        """The samples."""
        for bound, count in zip(self._bounds, self._counts, strict=True):
            yield _sample(name + "_bucket", [("le", f"{bound:g}")], count)
        yield _sample(name + "_bucket", [("le", "+Inf")], self._number)
        yield _sample(name + "_sum", (), self._sum)
        yield _sample(name + "_count", (), self._number)


class Gauge:
    """A number that is asked for when somebody looks."""

    def __init__(self, value: Callable[[], float]) -> None:
        self._value = value

    def lines(self, name: str) -> Iterator[str]:
        """The sample."""
        yield _sample(name, (), self._value())


Metric = TypeVar("Metric", Counter, Histogram, Gauge)


class Metrics:
    """All numbers of a supervisor."""

    def __init__(self) -> None:
        self._all: dict[str, tuple[str, str, Counter | Histogram | Gauge]] = {}

    def counter(self, name: str, help: str, labels: Sequence[str] = ()) -> Counter:
        """A counter; the same one for the same name."""
        return self._made(name, "counter", help, Counter(labels), Counter)

    def histogram(self, name: str, help: str, bounds: Sequence[float] = WAITS) -> Histogram:
        """A histogram."""
        return self._made(name, "histogram", help, Histogram(bounds), Histogram)

    def gauge(self, name: str, help: str, value: Callable[[], float]) -> Gauge:
        """A gauge that calls `value`."""
        return self._made(name, "gauge", help, Gauge(value), Gauge)

    def _made(self, name: str, kind: str, help: str, made: Metric, type: type[Metric]) -> Metric:
        known = self._all.setdefault(name, (kind, help, made))[2]
        if not isinstance(known, type):
            raise TypeError(f"{name} is a {kind} already")
        return known

    def text(self) -> str:
        """Everything in the text format."""
        lines = []
        for name, (kind, help, metric) in sorted(self._all.items()):
            lines += [f"# HELP {name} {help}", f"# TYPE {name} {kind}", *metric.lines(name)]
        return "\n".join(lines) + "\n"


def _sample(name: str, labels: Iterable[tuple[str, str]], value: float) -> str:
    pairs = ",".join(f'{label}="{_escaped(text)}"' for label, text in labels)
    return f"{name}{{{pairs}}} {_number(value)}" if pairs else f"{name} {_number(value)}"


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")


def _number(value: float) -> str:
    return str(int(value)) if value == int(value) else repr(value)
