"""The summary as JUnit XML: one case for each denied call, which fails, and for each asked one, which is skipped."""

from __future__ import annotations

from xml.etree import ElementTree

from leashd_hooks.report.summary import DENIED, Summary, Told
from leashd_hooks.report.text import visible

#: Characters of a case's name.
LENGTH = 200


def render(summary: Summary) -> str:
    """The report."""
    calls = sorted([*summary.denied_calls, *summary.asked_calls], key=lambda one: one.seq)
    failures = len(summary.denied_calls) + len(summary.unseen)
    counts = {
        "tests": str(len(calls) + len(summary.unseen)),
        "failures": str(failures),
        "errors": "0",
        "skipped": str(len(summary.asked_calls)),
    }
    suites = ElementTree.Element("testsuites", {"name": "leashd", **counts})
    suite = ElementTree.SubElement(suites, "testsuite", {"name": "leashd", "timestamp": summary.begin[:19], **counts})
    for one in calls:
        _case(suite, one)
    for lost in summary.unseen:
        name = visible(f"{lost['tool']} {lost['call_id']}", LENGTH)
        case = ElementTree.SubElement(suite, "testcase", {"classname": "undecided", "name": name, "time": "0"})
        ElementTree.SubElement(case, "failure", {"type": "undecided", "message": visible(lost["why"])})
    ElementTree.indent(suites)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ElementTree.tostring(suites, encoding="unicode") + "\n"


def _case(suite: ElementTree.Element, one: Told) -> None:
    named = {"classname": visible(one.rule), "name": visible(one.title, LENGTH), "time": "0"}
    case = ElementTree.SubElement(suite, "testcase", named)
    kind = "failure" if one.answer == DENIED else "skipped"
    outcome = ElementTree.SubElement(case, kind, {"type": one.answer, "message": visible(one.reason)})
    if kind == "skipped":
        del outcome.attrib["type"]
    told = [("call", one.title), ("rule", one.rule), ("instead", one.instead), ("session", one.session)]
    told += [("subagent", one.subagent), ("directory", one.cwd), ("record", str(one.seq))]
    outcome.text = "\n".join(f"{name}: {visible(text)}" for name, text in told if text)
