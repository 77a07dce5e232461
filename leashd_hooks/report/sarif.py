"""The summary as SARIF 2.1.0: a result for each denied call (error), asked one (warning) and trial of a rule (note)."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote

from leashd_hooks import __version__
from leashd_hooks.report.summary import ASKED, DENIED, Summary, Told
from leashd_hooks.report.text import visible

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
LEVELS = {DENIED: "error", ASKED: "warning"}
UNDECIDED = "undecided"
#: Characters of a message.
LENGTH = 1000


def render(summary: Summary) -> str:
    """The report."""
    calls = sorted([*summary.denied_calls, *summary.asked_calls, *summary.trial_calls], key=lambda one: one.seq)
    names = list(dict.fromkeys([one.rule for one in calls] + [UNDECIDED] * bool(summary.unseen)))
    results = [_result(one, names) for one in calls] + [_undecided(one, names) for one in summary.unseen]
    driver = {"name": "leashd", "version": __version__, "rules": [_rule(name, calls) for name in names]}
    run: dict[str, Any] = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "results": results,
        "properties": {
            "calls": summary.calls,
            "allowed": summary.allowed,
            "denied": summary.denied,
            "asked": summary.asked,
        },
    }
    if summary.begin:
        times = {"startTimeUtc": summary.begin, "endTimeUtc": summary.end}
        run["invocations"] = [{"executionSuccessful": not summary.unseen, **times}]
    return json.dumps({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2, ensure_ascii=False) + "\n"


def _rule(name: str, calls: list[Told]) -> dict[str, Any]:
    one = next((call for call in calls if call.rule == name), None)
    text = visible(one.reason, LENGTH) if one and one.reason else "a call that nobody decided" if not one else name
    rule: dict[str, Any] = {"id": name, "shortDescription": {"text": text}}
    if one and one.instead:
        rule["help"] = {"text": "instead: " + visible(one.instead, LENGTH)}
    return rule


def _result(one: Told, names: list[str]) -> dict[str, Any]:
    how = one.answer if one.answer in LEVELS else f"in shadow, which would make it `{one.answer}`"
    text = f"{visible(one.title, LENGTH)} - {how} by `{one.rule}`: {visible(one.reason, LENGTH)}"
    if one.instead:
        text += f"; instead: {visible(one.instead, LENGTH)}"
    properties = {"agent": one.agent, "session": one.session, "subagent": one.subagent, "tool": one.tool}
    return {
        "ruleId": one.rule,
        "ruleIndex": names.index(one.rule),
        "level": LEVELS.get(one.answer, "note"),
        "message": {"text": text},
        "locations": [_location(one.path, f"{one.session}/{one.call_id}")],
        "partialFingerprints": {"call/v1": one.digest or str(one.seq)},
        "properties": {**properties, "record": one.seq, "time": one.time, "violation": one.violation},
    }


def _undecided(one: dict[str, str], names: list[str]) -> dict[str, Any]:
    return {
        "ruleId": UNDECIDED,
        "ruleIndex": names.index(UNDECIDED),
        "level": "error",
        "message": {"text": visible(f"{one['tool']} {one['call_id']} was not decided: {one['why']}", LENGTH)},
        "locations": [_location("", f"{one['session']}/{one['call_id']}")],
    }


def _location(path: str, name: str) -> dict[str, Any]:
    """The file that a call is about, else the project itself: readers of SARIF want a file for every result."""
    uri = quote(path) if path else "."
    place = {"artifactLocation": {"uri": uri, "uriBaseId": "%SRCROOT%"}}
    return {"physicalLocation": place, "logicalLocations": [{"fullyQualifiedName": visible(name)}]}
