import pytest

from leashd_hooks.shell.invocation import Stdin

TABLE = {
    "grep x": [],
    "grep x a b": ["read /w/a how=search", "read /w/b how=search"],
    "grep '' .env": ["read /w/.env how=search"],
    "grep -e x a": ["read /w/a how=search"],
    "grep -ex a": ["read /w/a how=search"],
    "grep --regexp=x a": ["read /w/a how=search"],
    "grep -f pats a": ["read /w/a how=search", "read /w/pats how=content"],
    "grep -r xy": ["read /w how=search recursive"],
    "grep -r .": ["read /w deep=[] how=content recursive"],
    "grep -rl .": ["read /w how=search recursive"],
    "grep -rn sudo README.md": ["read /w/README.md how=search recursive"],
    "grep -R xy src": ["read /w/src follow how=search recursive"],
    "grep -d recurse xy src": ["read /w/src how=search recursive"],
    "grep -A 3 -m1 x a": ["read /w/a how=search"],
    "grep --include '*.py' -r x .": ["read /w how=search recursive", "read /w/**/*.py glob=filter how=search"],
    "grep ? a": ["read /w/a how=search"],
    "zgrep x a.gz": ["read /w/a.gz how=search"],
    "rg xy": ["read /w how=search recursive"],
    "rg -v xy": ["read /w deep=[] how=content recursive"],
    "rg x src -g '*.py'": ["read /w/src how=search recursive", "read /w/src/**/*.py glob=filter how=search"],
    "rg --files": ["read /w how=list recursive"],
    "rg --files -g '*.py' src": ["read /w/src how=list recursive"],
    "rg --pre ./evil x": None,
    "rg --pre=./evil x": None,
    "rg --hostname-bin ./evil x": None,
    "rg -f pats src": ["read /w/src how=search recursive", "read /w/pats how=content"],
    "rg ?": None,
    "ag --pager ./evil x": None,
    "ag xy src": ["read /w/src how=search recursive"],
    "ack --output '$&' x": None,
    "jq . a.json": ["read /w/a.json how=content"],
    "jq -r .x": [],
    "jq -nr '$ENV.HOME'": ["secret store=environment"],
    "jq -n env": ["secret store=environment"],
    "jq -f prog a.json": [
        "read /w/a.json how=content",
        "read /w/prog how=content",
        "code /w/prog language=other source=file",
    ],
    "jq --arg a b .x c.json": ["read /w/c.json how=content"],
    "jq --slurpfile a .env . c.json": ["read /w/c.json how=content", "read /w/.env how=content"],
    "jq --rawfile a .env -n '$a'": ["read /w/.env how=content"],
    "jq -n '$ARGS' --args a b": [],
    "yq .x a.yml": ["read /w/a.yml how=content"],
    "yq eval .x a.yml": ["read /w/a.yml how=content"],
    "yq -i .x=1 a.yml": ["read /w/a.yml how=content", "write /w/a.yml how=edit"],
    "yq --inplace .x=1 a.yml": ["read /w/a.yml how=content", "write /w/a.yml how=edit"],
    "yq -n 'load(\".env\")'": None,
    "jq .env a.json": ["read /w/a.json how=content"],
    "jq '.environment, {env: 1}' a.json": ["read /w/a.json how=content"],
    "jq -n '[env]'": ["secret store=environment"],
    "jq -n 'env|keys'": ["secret store=environment"],
    "yq -s .name a.yml": None,
}


@pytest.mark.parametrize("line", TABLE)
def test_search(line, effects_of):
    assert effects_of(line) == TABLE[line]


def test_rg_reads_a_pipe_rather_than_the_directory(effects_of):
    assert effects_of("rg x", stdin=Stdin("pipe", programs=["ls"])) == []
