"""Text from a file or the network is never taken for a number; counts and known numbers are."""

import pytest

from leashd_hooks.shell.command_line import lower

FROM_ELSEWHERE = {
    "the text of a file": "echo $(( $(cat f) ))",
    "a line of a file": "y=$(head -1 f); echo $((y + 1))",
    "a line that is read": "read y < f; (( y ))",
    "the lines of a loop": "while read n; do s=$((s + n)); done < f",
    "a pipe that is read": "cat f | while read n; do s=$((s + n)); done",
    "a descriptor that is read": "exec 3<f; read -u 3 y; (( y ))",
    "all lines": "mapfile -t a < f; echo $((a[0]))",
    "a comparison": "y=$(cat f); [[ $y -eq 1 ]]",
    "a name that is looked up": "[[ -v $(cat f) ]]",
    "a name that is followed": "y=$(cat f); echo ${!y}",
    "a name that is set": 'read -r "$(cat f)" <<< 1',
    "an index": "y=$(cat f); a[$y]=1",
    "an index that is read": "y=$(cat f); echo ${a[$y]}",
    "a slice": "y=$(cat f); echo ${x:$y}",
    "let": "let y=$(cat f)",
    "a declared number": "declare -i y=$(cat f)",
    "a number declared before": "declare -i y; y=$(cat f)",
    "a copy": "y=$(cat f); z=$y; ((z++))",
    "a default that is assigned": ": ${y:=$(cat f)}; (( y ))",
    "an argument of a function": 'g() { (( $1 )); }; g "$(cat f)"',
    "a count behind the text": "y=$(cat f; wc -l < f); (( y ))",
    "a count beside the text": 'y="$(cat f)$(wc -l < f)"; (( y ))',
    "a date that prints the text": 'y=$(date "+$(cat f)"); (( y ))',
    "an answer of a server": "y=$(curl -s https://example.org); (( y ))",
    "a variable that a known line names": "read y <<< 'v[$(rm x)]'; (( y ))",
}

NUMBERS = {
    "lines of a file": "echo $(( $(wc -l < f) + 1 ))",
    "lines of a pipe": "n=$(cat f | sort -u | wc -l); echo $((n * 2))",
    "matches": "n=$(grep -c x f); [[ $n -gt 1 ]]",
    "seconds": "s=$(date +%s); echo $(( $(date +%s) - s ))",
    "processors": "make -j$(( $(nproc) / 2 ))",
    "a counter": "i=0; while [ $i -lt 5 ]; do i=$((i+1)); done",
    "a sum over files": 'for f in src/*; do t=$((t + $(wc -l < "$f"))); done',
    "commits": "n=$(git rev-list --count HEAD); echo $((n-1))",
    "a variable of the environment": "x=${1:-3}; echo $((x+1)) $((RANDOM % 10))",
    "what the system tells": "echo $(( $(cat /proc/uptime) ))",
    "text that is only compared as text": '[[ $(cat f) == 1 ]]; [ "$(cat f)" -eq 1 ]',
}


@pytest.mark.parametrize("text", FROM_ELSEWHERE.values(), ids=FROM_ELSEWHERE)
def test_text_from_elsewhere_is_no_number(text: str, shfmt_path: str) -> None:
    assert "opaque" in [effect.kind for effect in lower(text, "/w", "/home/u", shfmt_path)]


@pytest.mark.parametrize("text", NUMBERS.values(), ids=NUMBERS)
def test_a_number_is_a_number(text: str, shfmt_path: str) -> None:
    assert "opaque" not in [effect.kind for effect in lower(text, "/w", "/home/u", shfmt_path)]
