"""What a person sees of an approval: all of it, nothing hidden in it, no secret of theirs."""

import html
import json
import re
import unicodedata
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from leashd_supervisor.approvals.model import Approval, Request
from leashd_supervisor.approvals.risk import assessed, risk
from leashd_supervisor.approvals.shown import HEAD, TAIL, Shown, mixed_scripts, safe
from leashd_supervisor.approvals.view import view

from leashd_hooks.hook import judge_call
from leashd_hooks.model import Call
from leashd_hooks.policy.compile import compile_policies

CWD = "/home/me/shop"


@pytest.fixture(scope="module")
def policy() -> "dict[str, Any]":
    return compile_policies(["default"], [CWD], "/home/me")


def request(tool: str = "Bash", kind: str = "tool", agent: str = "claude", **input: Any) -> Request:
    return Request(kind, agent, "s", "c", "d", tool, input, CWD, project=CWD, rule="r")


def seen(asked: Request, left: "float | None" = None, **more: Any) -> "dict[str, Any]":
    level, why = risk(asked)
    return view(Approval("a1", 100.0, asked, level, why, **more), left, "laptop")


def judged(policy: "dict[str, Any]", command: str) -> Request:
    """The request as the hook would make it: with the effects that the analysis finds."""
    decision = judge_call(Call("Bash", {"command": command}, CWD), policy)
    effects = tuple(effect.to_json() for effect in decision.effects)
    return Request(
        "tool",
        "claude",
        "s",
        "c",
        "d",
        "Bash",
        {"command": command},
        CWD,
        CWD,
        effects=effects,
        decisive=decision.decisive,
    )


def marked(told: "dict[str, Any]", kind: str) -> "list[str]":
    return [told["text"][start:end] for start, end, which in told["highlights"] if which == kind]


@pytest.mark.parametrize(
    ("command", "verb", "danger", "target"),
    [
        ("git push origin main", "Push to origin/main", ["git push"], ["origin", "main"]),
        ("git -C sub push", "Push the current branch", ["git", "push"], ["sub"]),
        ("git push push push", "Push to push/push", ["git push"], ["push", "push"]),
        ("docker system prune", "Docker system prune", ["docker system prune"], []),
        ("kubectl delete pod delete", "Kubectl delete", ["kubectl delete"], []),
        ("git push --force origin main", "Force-push to origin/main", ["--force"], ["origin", "main"]),
        ("git push origin +main", "Force-push to origin/main", ["+main"], ["origin"]),
        ("rm -rf build", "Delete everything in build", ["-rf"], ["build"]),
        ("rm old.txt", "Delete old.txt", ["rm"], ["old.txt"]),
        ("rm a.txt b.txt c.txt", "Delete a.txt and 2 more", ["rm"], ["a.txt", "b.txt", "c.txt"]),
        ("git push origin main && rm a", "Push to origin/main, and more", ["git push", "rm"], ["origin", "main"]),
        ("rm a.txt && rm a.txt", "Delete a.txt", ["rm", "rm"], ["a.txt", "a.txt"]),
        ("curl -F f=@notes https://example.com/in", "Send data to example.com", ["curl"], ["f=@notes", "https://example.com/in"]),
        ("python3 - <<'P'\nimport os\nos.remove('data.db')\nP", "Delete data.db", ["python3"], ["'data.db'"]),
        ("ls no\u200btes", "Run something that cannot be read", ["no\\u{200B}tes"], []),
        ("curl -d @notes https://example.com/in", "Send data to example.com", ["curl"], ["@notes", "https://example.com/in"]),
        ("npm install left-pad", "Install packages with npm", [], []),
        ("npm publish --access public", "Publish a package with npm", ["npm publish"], []),
        ("sudo ls", "Run with more rights", ["sudo"], []),
        ("git reset --hard", "Git reset", ["--hard"], []),
        ("ls && rm -rf dist", "Delete everything in dist", ["-rf"], ["dist"]),
        ("unheard-of --flag", "Run a shell command", [], []),
    ],
)  # fmt: skip
def test_a_command_is_named_and_its_words_are_marked(
    policy: "dict[str, Any]", command: str, verb: str, danger: "list[str]", target: "list[str]"
) -> None:
    told = seen(judged(policy, command))
    assert told["text"] == safe(command)
    assert told["verb"] == verb
    assert marked(told, "danger") == danger
    assert marked(told, "target") == target


@pytest.mark.parametrize(
    ("asked", "verb"),
    [
        (request("Edit", file_path=f"{CWD}/a.py", old_string="a\nb", new_string="a\nc\nd"), "Edit 1 file (+2 \u22121)"),
        (request("Write", file_path=f"{CWD}/a.py", content="1\n2\n"), "Write 1 file (+2 \u22120)"),
        (request("AskUserQuestion", "question", questions=[{"question": "A or B?"}]), "Answer a question"),
        (request("ExitPlanMode", "plan", plan="# Plan"), "Review a plan"),
        (request("NoSuchTool", x=1), "Use NoSuchTool"),
        (
            request(
                "apply_patch", input="*** Begin Patch\n*** Update File: a\n-x\n+y\n*** Add File: b\n+z\n*** End Patch"
            ),
            "Edit 2 files (+2 \u22121)",
        ),
        (
            request(
                "apply_patch", input="*** Begin Patch\n*** Update File: a\n-x\n+y\n*** Delete File: b\n*** End Patch"
            ),
            "Edit 1 file, delete 1 (+1 \u22121)",
        ),
        (request("apply_patch", input="*** Begin Patch\n*** Delete File: b\n*** End Patch"), "Delete 1 file"),
    ],
)
def test_other_tools_are_named(asked: Request, verb: str) -> None:
    assert seen(asked)["verb"] == verb


class TestNothingHidden:
    @pytest.mark.parametrize(
        ("raw", "shown"),
        [
            ("echo \u200bhi", "echo \\u{200B}hi"),
            ("echo \u202egnp.exe", "echo \\u{202E}gnp.exe"),
            ("\u2066a\u2069", "\\u{2066}a\\u{2069}"),
            ("rm\u00a0-rf", "rm\\u{00A0}-rf"),
            ("a\x1b[2Kb", "a\\u{001B}[2Kb"),
            ("a\rb", "a\\u{000D}b"),
            ("a\u2028b", "a\\u{2028}b"),
            ("a\x00b\x7f\x9b", "a\\u{0000}b\\u{007F}\\u{009B}"),
            ("\u3164\u115f\u2800", "\\u{3164}\\u{115F}\\u{2800}"),
            ("x\ufe0fy\U000e0041", "x\\u{FE0F}y\\u{E0041}"),
            ("\ud800", "\\u{D800}"),
            ("one\n\ttwo", "one\n\ttwo"),
            ("grün 日本 é", "grün 日本 é"),
        ],
    )
    def test_what_does_not_show_itself_is_written_out(self, raw: str, shown: str) -> None:
        assert seen(request(command=raw))["text"] == shown

    @given(st.text())
    def test_nothing_invisible_is_left(self, text: str) -> None:
        for char in safe(text):
            assert char in "\n\t" or unicodedata.category(char) not in ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")
            assert char == " " or unicodedata.category(char) != "Zs"

    @given(st.text(alphabet="ab \u200b\n\u202e=token:/$(`x", max_size=60), st.integers(0, 60), st.integers(0, 60))
    def test_a_mark_stays_on_its_words(self, raw: str, start: int, length: int) -> None:
        shown = Shown(raw)
        first, last = shown.place(start, start + length)
        assert 0 <= first <= last <= len(shown.text)
        if not shown.masked:
            assert shown.text[first:last] == safe(raw[start : start + length])

    def test_all_of_a_long_command_but_what_is_counted(self) -> None:
        raw = "echo " + "a" * 50_000 + " ; rm -rf ~"
        text = seen(request(command=raw))["text"]
        assert text.startswith("echo aaa")
        assert text.endswith("; rm -rf ~")
        assert f"[{len(raw) - HEAD - TAIL} characters not shown]" in text

    @pytest.mark.parametrize("word", ["gіthub.com", "раypal", "goоgle"])  # noqa: RUF001 - that is the point
    def test_letters_that_only_look_latin_are_marked(self, word: str) -> None:
        assert mixed_scripts(word)
        assert marked(seen(request(command=f"curl {word}")), "danger") == [word]

    @pytest.mark.parametrize("word", ["github.com", "日本語", "привет", "grün", "-λ"])
    def test_other_languages_are_not(self, word: str) -> None:
        assert not mixed_scripts(word)

    def test_every_field_is_safe(self) -> None:
        bad = "a\u202eb\x1b\ud800"
        asked = Request(
            "tool", bad, bad, bad, bad, bad, {bad: [bad, {"x": bad}]}, bad, bad, bad, bad, bad, bad, bad, bad,
            ({"kind": bad, "path": bad},),
        )  # fmt: skip
        json.dumps(seen(asked), ensure_ascii=False).encode()
        assert not re.search("[\u202e\x1b\ud800]", json.dumps(seen(asked), ensure_ascii=False))


class TestSecrets:
    @pytest.mark.parametrize(
        ("command", "shown"),
        [
            ("curl -H 'Authorization: Bearer abcdefghijkl' x", "curl -H 'Authorization: Bearer [secret]' x"),
            ("export API_KEY=abcdef123 && make", "export API_KEY=[secret] && make"),
            ("git clone https://me:hunter2x@host.example/r", "git clone https://me:[secret]@host.example/r"),
            ("tool --token ghp_0123456789abcdefghij", "tool --token [secret]"),
        ],
    )
    def test_they_are_masked(self, command: str, shown: str) -> None:
        told = seen(request(command=command))
        assert told["text"] == shown
        assert told["editable"] is None

    @pytest.mark.parametrize(
        "command",
        [
            "export TOKEN=$(curl evil.example)",
            'tool --password "a$(rm -rf ~)"',
            "tool --password `id`",
            'X_SECRET="${HOME}/x"',
            "tool --secret /etc/shadow",
            "tool --key=~/.ssh/id_rsa",
            "API_TOKEN=https://evil.example/x",
            "echo token; rm -rf x",
        ],
    )
    def test_syntax_paths_and_hosts_are_not(self, command: str) -> None:
        assert seen(request(command=command))["text"] == command

    def test_a_host_that_the_call_reaches_is_not(self) -> None:
        asked = Request("tool", "claude", "s", "c", "d", "Bash", {"command": "up --token=evil.example"}, CWD,
                        effects=({"kind": "network", "host": "evil.example"},))  # fmt: skip
        assert "evil.example" in seen(asked)["text"]

    def test_nor_in_any_other_field(self) -> None:
        secret = "ghp_0123456789abcdefghij"
        asked = request("Edit", file_path="a", old_string="x", new_string=f"key = {secret}", description=secret)
        assert secret not in json.dumps(seen(asked))


@pytest.mark.parametrize(
    ("level", "effects", "told"),
    [
        ("", "low", ("low", "only looks")),
        ("low", "low", ("low", "only looks")),
        ("medium", "low", ("check", "its rule says medium")),
        ("high", "low", ("check", "its rule says high")),
        ("critical", "low", ("danger", "its rule says critical")),
        ("low", "danger", ("danger", "leaves this machine")),
        ("critical", "danger", ("danger", "leaves this machine")),
        ("of the agent's own", "low", ("low", "only looks")),
    ],
)
def test_the_level_of_a_rule_raises_the_risk_and_never_lowers_it(
    level: str, effects: str, told: "tuple[str, str]"
) -> None:
    changes = {"low": "nothing", "danger": "remote"}[effects]
    asked = replace(request(command="git x"), risk_level=level, effects=({"kind": "git", "changes": changes},))
    assert assessed(asked) == told
    assert seen(asked)["risk_level"] == level


class TestDiff:
    def test_lines_and_words(self) -> None:
        (diff,) = seen(
            request(
                "Edit",
                file_path="t.py",
                old_string="total = sum(i.price)\nend",
                new_string="total = sum(i.price * i.qty)\nend",
            )
        )["diff"]
        assert (diff["path"], diff["added"], diff["removed"]) == ("t.py", 1, 1)
        assert diff["html"] == (
            '<span class="line del">total = sum(i.price)</span>'
            '<span class="line add">total = sum(i.price<ins> * i.qty</ins>)</span>'
            '<span class="line same">end</span>'
        )

    def test_a_secret_that_changes_is_still_a_change(self) -> None:
        (diff,) = seen(request("Edit", file_path="e", old_string="PASSWORD=aaaaaa", new_string="PASSWORD=bbbbbb"))[
            "diff"
        ]
        assert (diff["added"], diff["removed"]) == (1, 1)
        assert "aaaaaa" not in diff["html"] + "bbbbbb" * ("bbbbbb" in diff["html"])

    def test_the_body_of_a_private_key_is_not_shown(self) -> None:
        key = "-----BEGIN PRIVATE KEY-----\nMIIabc\nDEFghi\n-----END PRIVATE KEY-----\nx = 1"
        (diff,) = seen(request("Write", file_path="k", content=key))["diff"]
        assert "MIIabc" not in diff["html"]
        assert "x = 1" in diff["html"]

    def test_several_edits_and_patches(self) -> None:
        edits = [{"old_string": "a", "new_string": "b"}, {"old_string": "c", "new_string": ""}, "no edit"]
        (diff,) = seen(request("MultiEdit", file_path="m", edits=edits))["diff"]
        assert (diff["added"], diff["removed"]) == (1, 2)
        unified = "--- a/x.py\n+++ b/x.py\n@@ -1 +1 @@\n-old\n+new\n"
        (diff,) = seen(request("apply_patch", input=unified))["diff"]
        assert (diff["path"], diff["added"], diff["removed"]) == ("x.py", 1, 1)

    @pytest.mark.parametrize(
        "patch",
        [
            "*** Begin Patch\n*** Delete File: a/x.py\n*** End Patch",
            "--- a/a/x.py\n+++ /dev/null\n@@ -1 +0,0 @@\n-old\n",
        ],
    )
    def test_a_file_that_a_patch_deletes_is_said_to_go(self, patch: str) -> None:
        (diff,) = seen(request("apply_patch", input=patch))["diff"]
        assert (diff["path"], diff["note"]) == ("a/x.py", "is deleted")

    def test_no_line_of_a_patch_passes_for_its_frame(self) -> None:
        patch = "*** Begin Patch\n*** Update File: q.sql\n--- old words\n+++ new words\n*** End Patch"
        (diff,) = seen(request("apply_patch", input=patch))["diff"]
        assert (diff["path"], diff["added"], diff["removed"]) == ("q.sql", 1, 1)
        patch = "--- a/q.sql\n+++ b/q.sql\n@@ -1,2 +1,1 @@\n x\n--- old words\n"
        (diff,) = seen(request("apply_patch", input=patch))["diff"]
        assert (diff["path"], diff["added"], diff["removed"]) == ("q.sql", 0, 1)

    def test_words_that_differ_are_marked_whole(self) -> None:
        (diff,) = seen(request("Edit", file_path="t", old_string="one = 1", new_string="two = 1"))["diff"]
        assert "<del>one</del> = 1" in diff["html"]
        assert "<ins>two</ins> = 1" in diff["html"]

    @pytest.mark.parametrize(
        ("before", "after", "added", "removed", "note"),
        [
            ("a\nb\nc\n", "a\nB\nc\n", 1, 1, ""),
            ("", "a\n", 1, 0, ""),
            ("a\nb\n", "", 0, 2, ""),
            ("a\na\n", "a\na\na\n", 1, 0, ""),
            ("a\n", "a\n", 0, 0, "stays as it is"),
            ("a\n", "a", 0, 0, "only how its last line ends changes"),
            ("a\r\n", "a\n", 1, 1, ""),
            (None, "a\n", 1, 0, "replaces a file that is not shown"),
        ],
    )
    def test_a_file_that_is_replaced_shows_what_changes(
        self, before: "str | None", after: str, added: int, removed: int, note: str
    ) -> None:
        asked = replace(request("Write", file_path=f"{CWD}/a", content=after), replaces=True, before=before)
        (diff,) = seen(asked)["diff"]
        assert (diff["added"], diff["removed"], diff["note"]) == (added, removed, note)
        assert seen(asked)["verb"] == f"Replace 1 file (+{added} \u2212{removed})"
        assert "before" not in seen(asked)

    def test_a_change_in_a_long_file_shows_only_what_is_around_it(self) -> None:
        lines = [f"line {number}" for number in range(20_000)]
        after = "\n".join([*lines[:15_000], "new", *lines[15_000:]])
        asked = replace(request("Write", file_path="a", content=after), replaces=True, before="\n".join(lines))
        (diff,) = seen(asked)["diff"]
        assert (diff["added"], diff["removed"]) == (1, 0)
        assert re.findall("line [0-9]+|>new", diff["html"]) == [
            "line 14997", "line 14998", "line 14999", ">new", "line 15000", "line 15001", "line 15002",
        ]  # fmt: skip

    def test_a_large_edit_shows_both_sides_and_counts_the_rest(self) -> None:
        asked = request("Edit", file_path="w", old_string="old\n" * 10_000, new_string="new\n" * 20_000)
        (diff,) = seen(asked)["diff"]
        assert (diff["added"], diff["removed"]) == (20_000, 10_000)
        assert "old" in diff["html"]
        assert "new" in diff["html"]
        assert "28800 more lines" in diff["html"]

    def test_what_is_too_long_is_counted(self) -> None:
        (diff,) = seen(request("Write", file_path="w", content="line\n" * 30_000))["diff"]
        assert diff["added"] == 30_000
        assert "28000 more lines" in diff["html"]

    @given(st.text(alphabet="<>&\"'a\n\u202e", max_size=60), st.text(alphabet="<>&\"'a\n/", max_size=60))
    def test_nothing_of_the_agents_is_html(self, old: str, new: str) -> None:
        for diff in seen(request("Edit", file_path="x", old_string=old, new_string=new))["diff"]:
            plain = re.sub(r'<span class="line (?:add|del|same|skip)">|</span>|</?(?:ins|del)>', "", diff["html"])
            assert "<" not in plain
            assert ">" not in plain
            assert '"' not in plain
            assert "\u202e" not in html.unescape(plain)

    @pytest.mark.parametrize("input", [{}, {"file_path": 5}, {"edits": "x"}, {"old_string": None, "new_string": []}])
    @pytest.mark.parametrize("tool", ["Edit", "MultiEdit", "Write", "NotebookEdit", "apply_patch"])
    def test_input_that_is_not_the_tools_is_no_failure(self, tool: str, input: "dict[str, Any]") -> None:
        assert isinstance(seen(request(tool, **input))["diff"], list)


class TestPlan:
    @pytest.mark.parametrize(
        "text",
        [
            "<script>alert(1)</script>",
            "<img src=https://evil.example/x>",
            "![x](https://evil.example/x.png)",
            "[x](javascript:alert(1))",
            "[x](https://evil.example)",
            "<https://evil.example>",
            "[r]: https://evil.example\n\n[r] ![r]",
            "<a href=x onclick=y>",
            "```html\n<b onload=x>\n```",
            "| a |\n|---|\n| <svg/onload=x> |",
        ],
    )
    def test_it_fetches_and_runs_nothing(self, text: str) -> None:
        made = seen(request("ExitPlanMode", "plan", plan=text))["plan"]
        tags = set(re.findall(r"<(/?[a-z0-9]+)([^>]*)>", made))
        assert {name.strip("/") for name, _ in tags} <= {
            "p", "pre", "code", "table", "thead", "tbody", "tr", "th", "td", "em", "strong", "br", "ul", "ol", "li",
        }  # fmt: skip
        assert all(not attributes or re.fullmatch(r' class="language-\w+"| /', attributes) for _, attributes in tags)

    def test_it_is_formatted(self) -> None:
        made = seen(request("ExitPlanMode", "plan", plan="# One\n\n- **two** `three`"))["plan"]
        assert made == "<h1>One</h1>\n<ul>\n<li><strong>two</strong> <code>three</code></li>\n</ul>\n"

    @pytest.mark.parametrize("text", ["> " * 5000, "- " * 5000, "*" * 60_000, "[" * 30_000, "`" * 30_000, None, 5])
    def test_whatever_is_in_it_it_is_soon_done(self, text: object) -> None:
        assert isinstance(seen(request("ExitPlanMode", "plan", plan=text))["plan"], str)


class TestRest:
    def test_where_and_when(self) -> None:
        told = seen(request(command="ls", description="look \u202earound"), left=30.04)
        assert told["where"] == {"machine": "laptop", "project": CWD, "branch": "", "cwd": CWD}
        assert told["claim"] == "look \\u{202E}around"
        assert told["seconds_left"] == 30.0
        assert seen(request(command="ls"))["seconds_left"] is None

    @pytest.mark.parametrize(
        ("asked", "field"),
        [
            (request(command="ls"), "command"),
            (request("WebFetch", url="https://a.example", prompt="x"), "url"),
            (request(command="ls", agent="codex"), None),
            (request(command="ls \u200b"), None),
            (request(command="x" * 9000), None),
            (request(command=5), None),
            (request("Edit", file_path="a"), None),
            (request("ExitPlanMode", "plan", plan="x"), None),
        ],
    )
    def test_only_what_is_seen_whole_is_edited(self, asked: Request, field: "str | None") -> None:
        assert seen(asked)["editable"] == field

    @pytest.mark.parametrize(
        ("command", "undo"),
        [
            ("git push origin main", "cannot be undone"),
            ("npm publish", "cannot be undone"),
            ("npm install left-pad", ""),
            ("rm -rf build", "cannot be undone"),
            ("curl -d @a https://example.com", "cannot be undone"),
            ("psql -c 'drop table a'", "cannot be undone"),
            ("git commit -m x", "git can undo"),
            ("git log -3", ""),
            ("git push --force", "cannot be undone"),
            ("make", ""),
        ],
    )
    def test_what_can_be_taken_back(self, policy: "dict[str, Any]", command: str, undo: str) -> None:
        assert seen(judged(policy, command))["undo"] == undo

    def test_a_question_is_told_as_it_is(self) -> None:
        questions = [{"question": "A or B?", "header": "Name", "options": [{"label": "A", "description": "x"}]}]
        assert seen(request("AskUserQuestion", "question", questions=questions))["questions"] == questions

    @given(
        st.recursive(
            st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
            lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
            max_leaves=8,
        ),
        st.sampled_from(["Bash", "Edit", "WebFetch", "mcp__a__b"]),
        st.sampled_from(["tool", "question", "plan"]),
    )
    def test_any_input_can_be_shown(self, value: Any, tool: str, kind: str) -> None:
        input = dict.fromkeys(("command", "questions", "plan", "url", "description", "old_string"), value)
        asked = Request(
            kind, "claude", "s", "c", "d", tool, input, CWD, effects=({"kind": value, "span": value, "path": value},)
        )
        json.dumps(seen(asked), ensure_ascii=False, allow_nan=False).encode()
