import pytest

from leashd_hooks.model import Effect
from leashd_hooks.shell.invocation import Stdin


def code(language, source, path=""):
    return f"code {path + ' ' if path else ''}language={language} source={source}"


PY, JS = "python", "javascript"
TABLE = {
    "python -c 'open(1)' -x": [code(PY, "inline")],
    "python3 -Ic 'open(1)'": [code(PY, "inline")],
    "python3 -cimport": [code(PY, "inline")],
    "python3 a.py -c x": [code(PY, "file", "/w/a.py")],
    "python3 -u -W ignore -X dev a.py": [code(PY, "file", "/w/a.py")],
    "python3 -": [code(PY, "stdin")],
    "python3 /dev/stdin": [code(PY, "stdin")],
    "python3": [code(PY, "stdin")],
    "python3 ?": [code(PY, "unknown", "None")],
    "python3 ?src/": [code(PY, "file", "None")],
    "python3 /etc/x.py": [code(PY, "file", "/etc/x.py")],
    "python3 -Z": None,
    "python3 --shiny": None,
    "python3 -V": [],
    "php -v": [],
    "php -i": ["secret store=environment"],
    "php --info": ["secret store=environment"],
    "python3 --version": [],
    "python3 -m pytest -q": ["command words=pytest -q", code("other", "project", "/w")],
    "python3 -mpip install x": ["command words=pip install x", code("other", "project", "/w")],
    "python3 -um ruff check": ["command words=ruff check", code("other", "project", "/w")],
    "python3 -m evil": ["code language=python module=evil source=module", code("other", "project", "/w")],
    "python3 -m ?": [code(PY, "unknown", "None")],
    "node a.js": [code(JS, "file", "/w/a.js")],
    "node -e 'x()'": [code(JS, "inline")],
    "node -p x()": [code(JS, "inline")],
    "node -pe 1": [code(JS, "inline")],
    "node --eval=x()": [code(JS, "inline")],
    "node --print x()": [code(JS, "inline")],
    "node -r ./evil.js a.js": [code(JS, "file", "/w/evil.js"), code(JS, "file", "/w/a.js")],
    "node --import tsx a.ts": [code(JS, "module"), code(JS, "file", "/w/a.ts")],
    "node --env-file=.env a.js": ["read /w/.env how=content", code(JS, "file", "/w/a.js")],
    "node --check a.js": ["read /w/a.js how=content"],
    "node --shiny a.js": None,
    "node --version": [],
    "node -v": [],
    "tsx a.ts": [code(JS, "file", "/w/a.ts")],
    "ruby -e 'x'": [code("ruby", "inline")],
    "ruby a.rb": [code("ruby", "file", "/w/a.rb")],
    "ruby -rjson -e x": [code("ruby", "module"), code("ruby", "inline")],
    "perl -e x": [code("perl", "inline")],
    "perl -ne 'print' .env": [code("perl", "inline"), "read /w/.env how=content"],
    "perl -pi -e 's/a/b/' a": [code("perl", "inline"), "read /w/a how=content", "write /w/a how=edit"],
    "perl -i.bak -pe 's/a/b/' a": [code("perl", "inline"), "read /w/a how=content", "write /w/a how=edit"],
    "perl -0777pe 'x' a": [code("perl", "inline"), "read /w/a how=content"],
    "perl -lane 'x' a": [code("perl", "inline"), "read /w/a how=content"],
    "perl -Mevil a.pl": [code("perl", "module"), code("perl", "file", "/w/a.pl")],
    "perl a.pl": [code("perl", "file", "/w/a.pl")],
    "perl -v": [],
    "php -r x": [code("php", "inline")],
    "php a.php": [code("php", "file", "/w/a.php")],
    "php -S 0.0.0.0:80": None,
    "lua -e x": [code("other", "inline")],
    "Rscript -e x": [code("other", "inline")],
    "osascript -e 'do shell script'": [code("other", "inline")],
    "java -jar a.jar": [code("other", "file", "/w/a.jar")],
    "java -Xmx1g -cp x Main": ["code language=other module=Main source=module"],
    "java -version": [],
    "java -XX:OnError=./evil Main": None,
    "deno run -A a.ts": [code(JS, "file", "/w/a.ts")],
    "deno eval 1": [code(JS, "inline")],
    "deno run https://x.org/a.ts": [
        "package manager=deno operation=run scope=project script=https://x.org/a.ts source=url"
    ],
    "deno upgrade": None,
}


@pytest.mark.parametrize("line", TABLE)
def test_interpreters(line, effects_of):
    assert effects_of(line) == TABLE[line]


DOWNLOAD = Stdin("pipe", [Effect("network", {"host": "x.org", "direction": "fetch"})], ["curl"])


@pytest.mark.parametrize(
    "line", ["python3", "python3 -", "perl", "ruby", "node", "php", "node -", "python3 /dev/stdin"]
)
def test_what_a_pipe_brings_is_run(line, effects_of):
    told = effects_of(line, stdin=DOWNLOAD)
    assert told[1:] == ["flow pattern=download-to-interpreter"]
    assert told[0].endswith("source=stdin")


def test_a_decoder_before_an_interpreter_is_a_flow(effects_of):
    told = effects_of("python3", stdin=Stdin("pipe", [], ["echo", "base64"]))
    assert told == [code(PY, "stdin"), "flow pattern=decode-to-interpreter"]


@pytest.mark.parametrize("line", ["python3 a.py", "python3 -c x", "python3 -m json.tool"])
def test_a_pipe_into_a_script_is_data(line, effects_of):
    assert not any("flow" in told for told in effects_of(line, stdin=DOWNLOAD))


def test_a_heredoc_and_a_file(effects_of):
    assert effects_of("python3", stdin=Stdin("text", text="x")) == [code(PY, "stdin")]
    assert effects_of("python3", stdin=Stdin("file", path="/w/a.py")) == [code(PY, "file", "/w/a.py")]
