import pytest

TABLE = {
    "agent-browser snapshot -i": ["browser name=snapshot operation=read"],
    "agent-browser --session x click @e1": ["browser name=click operation=act"],
    "agent-browser -p kernel get text @e1": ["browser name=get operation=read"],
    "agent-browser screenshot out.png": ["browser name=screenshot operation=read", "write /w/out.png how=create"],
    "agent-browser open http://localhost:3000": [
        "browser name=open operation=act",
        "network direction=fetch host=localhost port=3000 reach=local scheme=http",
    ],
    "agent-browser open file:///etc/passwd": ["browser name=open operation=act", "read /etc/passwd how=content"],
    "agent-browser upload @e1 .env": ["browser name=upload operation=act", "read /w/.env how=content"],
    "agent-browser eval 'x()'": ["browser name=eval operation=act", "code language=javascript source=inline"],
    "agent-browser --executable-path ./evil open x.org": None,
    "agent-browser shiny": None,
    "leashd check 'rm -rf /'": [],
    "leashd policy list": [],
    "leashd status": [],
    "leashd doctor --fix": ["control changes system=leashd verb=doctor"],
    "leashd trust": ["control changes system=leashd verb=trust"],
    "leashd policy set x": ["control changes system=leashd verb=policy set"],
    "leashd --quiet add-dir /": ["control changes system=leashd verb=add-dir /"],
    "leashd --version": [],
    "claude -p hi --dangerously-skip-permissions": ["control changes system=claude verb=run"],
    "claude": ["control changes system=claude verb=run"],
    "codex exec hi": ["control changes system=codex verb=run"],
    "claude --version": [],
}


@pytest.mark.parametrize("line", TABLE)
def test_agents(line, effects_of):
    assert effects_of(line) == TABLE[line]
