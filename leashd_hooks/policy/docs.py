"""The reference pages that are made from the code: the policy language, and every shipped rule."""

from __future__ import annotations

import inspect
import textwrap
import types
from typing import Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel

from leashd_hooks.config import Config
from leashd_hooks.policy import layers, lints, load, schema, vocabulary
from leashd_hooks.policy.load import Loaded
from leashd_hooks.policy.schema import Rule
from leashd_hooks.policy.vocabulary import EFFECTS

MADE = "<!-- Made by `leashd docs`; change the code or the policies instead. -->\n"
WORDS = {"allow": "allows", "deny": "denies", "require_approval": "asks"}


def pages() -> dict[str, str]:
    """Path below the repository -> text."""
    return {"docs/reference/policy.md": policy_page(), "docs/reference/rules.md": rules_page()}


# The language


def policy_page() -> str:
    """`docs/reference/policy.md`."""
    parts = [
        "# Policy reference\n",
        MADE,
        "A policy file is YAML.  A field that is not listed here is an error, with line, caret and a suggestion.\n",
        EXAMPLE,
        _model("File", schema.PolicyFile),
        _model("Rule", schema.Rule),
        CONDITIONS,
        _effects(),
        PLACES,
        _model("Place", schema.PlaceSet),
        _model("Settings", schema.Settings),
        _model("Examples", schema.Examples),
        _model("A call in an example", schema.Example),
        LAYERS,
        _model("Configuration: `~/.leashd/config.yaml`", Config),
        _lints(),
    ]
    return "\n".join(parts)


EXAMPLE = """\
```yaml
version: 1
name: mine
rules:
  - name: deploy-ask
    action: require_approval
    reason: it changes what customers see
    instead: "`make preview` shows the same"
    when:
      effect: control
      system: kubectl
      changes: true
    unless:
      verb: rollout status
    examples:
      fires: [kubectl apply -f app.yaml]
      stays_quiet: [kubectl get pods]
```
"""

CONDITIONS = """\
## Conditions

`when` asks for a kind of effect and for its fields; all of them must hold.  A list of conditions holds when one of them
does.  `unless` takes the same shape and switches the rule off where it holds; its `effect` may be left out.

- A value may be a list: any of them will do.
- Names may hold `*` and `?`.  Fields with a fixed set of words take only those.
- `args` is a text of words that the arguments begin with: `compose up`.  `flags` holds if one of them was given; short
  flags are split, long ones stand without their value.
- `path` takes glob patterns: absolute, below `~/`, or relative.  A relative one is meant below the project in a
  project's policy, and at any depth elsewhere.  `**` stands for any number of directories.  Letter case is ignored.
- `command` may be asked of every kind of effect: the simple command that causes it, word for word as it was written,
  with its redirections.  Nothing in it is a pattern.  It ties a rule to one command where other fields would say less.
- A rule that allows must be right about every path that a name may stand for, through links and globs.  A rule that
  asks or denies fires for any of them.
- A field that the effect does not have never matches: what is not known is not allowed.
"""

PLACES = """\
## Places

`place` names a set of paths.  `workspace` (the approved directories), `scratch`, `device` (`/dev/null` and its like),
`system` and `outside` are always there; the others are defined in `places`.  The floor uses `credential`, `guard`,
`agent-settings`, `git-hooks`, `shell-startup` and `protected`.  A project may add paths to `credential` and
`protected`, and define places for its own rules.
"""

LAYERS = """\
## Layers

Rules are tried in this order, and the first match decides: `/etc/leashd/policy.yaml` (managed, owned by root),
`~/.leashd/policy.yaml` (yours), `.leashd/policy.yaml` in the project if you have trusted it as it is, then the shipped
profiles of your configuration.  The floor comes before all of them.  A project's policy that you have not trusted, or
that changed since, can only make an answer stricter.  Across the effects of one call the strictest answer wins.
"""


def _model(title: str, model: type[BaseModel]) -> str:
    lines = [f"## {title}\n", "| field | value | default | meaning |", "| --- | --- | --- | --- |"]
    for name, field in model.model_fields.items():
        default = "required" if field.is_required() else _default(field.default)
        lines.append(
            f"| `{field.alias or name}` | {_type(name, field.annotation)} | {default} | {field.description or ''} |"
        )
    return "\n".join(lines) + "\n"


def _default(value: Any) -> str:
    if value in (None, "", (), {}) or isinstance(value, BaseModel):
        return ""
    shown = ", ".join(map(str, value)) if isinstance(value, tuple) else str(value).lower()
    return f"`{shown}`"


_NAMES: dict[Any, str] = {str: "text", int: "number", bool: "true or false", Any: "anything"}


def _type(name: str, annotation: Any) -> str:
    if name in ("when", "unless"):
        return "a condition or a list"
    origin, args = get_origin(annotation), get_args(annotation)
    if origin is Literal:
        return " \\| ".join(f"`{value}`" for value in args)
    if origin in (Union, types.UnionType):
        return _type(name, next(arg for arg in args if arg is not type(None)))
    if origin is tuple:
        return "text or a list" if args[0] is str or get_origin(args[0]) is not None else "a list"
    if origin is dict:
        return "a mapping"
    if hasattr(annotation, "__metadata__"):
        return _type(name, get_args(annotation)[0])
    return _NAMES.get(annotation, "a mapping")


def _effects() -> str:
    lines = ["## Effects\n", "A call is its effects; these are their kinds, and the fields a rule may ask for.\n"]
    for kind, fields in EFFECTS.items():
        lines += [f"### `{kind}`\n", "| field | value | meaning |", "| --- | --- | --- |"]
        lines += [f"| `{field}` | {_sort(kind, field)} | {text} |" for field, text in fields.items()]
        if "place" in vocabulary.fields(kind):
            lines.append("| `place` | place | a named set of paths that the path lies in |")
        lines.append("")
    return "\n".join(lines)


def _sort(kind: str, field: str) -> str:
    found = vocabulary.sort(kind, field)
    if found == "choice":
        return ", ".join(f"`{word}`" for word in vocabulary.choices(kind, field))
    return {"flag": "true or false", "name": "name, `*` and `?`"}.get(found, found)


def _lints() -> str:
    lines = ["## Lints\n", "`leashd policy lint` finds these.\n"]
    for name in lints.NAMES:
        title, _, text = (inspect.getdoc(lints.module(name)) or "").partition("\n")
        lines += [f"### `{name}`\n", f"{title}\n", _fenced(text.strip()), ""]
    return "\n".join(lines).rstrip() + "\n"


def _fenced(text: str) -> str:
    """Paragraphs, those that are indented as fenced YAML."""
    paragraphs: list[list[str]] = []
    for line in text.splitlines():
        indented = line.startswith("    ")
        if not paragraphs or (line and indented != paragraphs[-1][0].startswith("    ")):
            paragraphs.append([])
        paragraphs[-1].append(line)
    return "\n\n".join(_block("\n".join(lines).strip("\n")) for lines in paragraphs)


def _block(text: str) -> str:
    return f"```yaml\n{textwrap.dedent(text)}\n```" if text.startswith("    ") else text


# The shipped rules


def rules_page() -> str:
    """`docs/reference/rules.md`."""
    parts = ["# Shipped rules\n", MADE, _profiles()]
    for name in ("floor", *(pack for pack in layers.packs() if pack not in ("floor", "places"))):
        parts.append(_file(f"Pack `{name}`", _read(layers.pack_path(name))))
    for name in layers.profiles():
        parts.append(_file(f"Profile `{name}`", _read(layers.profile_path(name))))
    return "\n".join(parts)


def _read(path: str) -> Loaded:
    with open(path, "rb") as file:
        return load.policy(file.read(), path)


def _profiles() -> str:
    lines = ["| profile | what for | packs after its own rules |", "| --- | --- | --- |"]
    for name in layers.profiles():
        file = _read(layers.profile_path(name)).file
        lines.append(f"| `{name}` | {file.description} | {', '.join(f'`{pack}`' for pack in file.packs)} |")
    return "\n".join(lines) + "\n"


def _file(title: str, loaded: Loaded) -> str:
    lines = [f"## {title}\n", f"{loaded.file.description}\n"]
    for rule in loaded.file.rules:
        lines += _rule(rule)
    return "\n".join(lines)


def _rule(rule: Rule) -> list[str]:
    risk = f", risk {rule.risk_level}" if rule.risk_level else ""
    lines = [f"### `{rule.name}`\n", f"{WORDS[rule.action].capitalize()}{risk}: {rule.reason}\n"]
    if rule.instead:
        lines.append(f"Instead: {rule.instead}\n")
    if rule.examples:
        lines += [
            "| fires | stays quiet |",
            "| --- | --- |",
            f"| {_calls(rule.examples.fires)} | {_calls(rule.examples.stays_quiet)} |",
        ]
        lines.append("")
    return lines


def _calls(calls: tuple[schema.Example, ...]) -> str:
    return "<br>".join(_code(call) for call in calls)


def _code(call: schema.Example) -> str:
    if call.tool == "Bash":
        text = str(call.input.get("command", ""))
    else:
        text = f"{call.tool} {' '.join(str(value) for value in call.input.values() if value not in ('', [], {}))}"
    text = text.replace("\n", " ⏎ ").replace("|", "\\|")
    return f"`` {text} ``" if "`" in text else f"`{text}`"
