"""A decision in sentences."""

from leashd_hooks.hook import judge_call
from leashd_hooks.model import Call
from leashd_hooks.policy import examples
from leashd_hooks.policy.compile import compile_policies
from leashd_hooks.policy.explain import sentences


def explained(command: str) -> str:
    with examples.workspace() as (root, home):
        bundle = compile_policies(["default", "dev-tools"], [root], home)
        call = Call("Bash", {"command": command}, root)
        return "\n".join(sentences(call, judge_call(call, bundle), bundle))


def test_it_tells_what_each_effect_is_and_which_rule_said_what() -> None:
    text = explained("cat README.md && git push -f")
    assert "`Bash` is denied, by `git-force-push`" in text
    assert "runs `cat README.md`: allowed by `known-command`" in text
    assert "denied by `git-force-push`  <- this decided" in text
    assert "a rule of the floor in" in text
    assert "instead: `git push --force-with-lease origin BRANCH` (asked about)" in text


def test_it_tells_what_would_change_the_answer() -> None:
    assert "unlock: [git-force-push]" in explained("git push -f")
    assert "leashd add-dir" in explained("cat /etc/hosts")
    assert "`action: allow`" in explained("touch new.txt")
    assert "`action: deny`" in explained("ls")


def test_a_path_that_is_not_known_is_said_to_be_unknown() -> None:
    assert "a path not known yet" in explained('cat "$FILE"')
