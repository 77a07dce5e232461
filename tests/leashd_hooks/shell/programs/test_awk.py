import pytest

from leashd_hooks.shell.programs.awk import is_plain

CODE = "code language=awk source=inline"
TABLE = {
    "awk '{print $1}' a": ["read /w/a how=content"],
    "awk -F: '{print $1}' a": ["read /w/a how=content"],
    "awk -v x=1 '$1 > x' a FS=, b": ["read /w/a how=content", "read /w/b how=content"],
    "awk 'BEGIN{system(\"id\")}'": [CODE, "shell words=id"],
    "awk '{print > \"out\"}' a": ["read /w/a how=content", CODE],
    "awk '{print | \"sh\"}'": [CODE],
    "awk 'BEGIN{while((getline l < \".env\")>0) print l}'": [CODE, "read /w/.env how=content"],
    "awk 'BEGIN{print ENVIRON[\"X\"]}'": ["secret store=environment"],
    "awk -f prog.awk a": ["read /w/a how=content", "code /w/prog.awk language=awk source=file"],
    "awk -i inplace '{print}' a": None,
    "awk -l filefuncs 1": None,
    "awk ?": None,
    "awk {print} ?": ["read None how=content"],
}


@pytest.mark.parametrize("line", TABLE)
def test_awk(line, effects_of):
    assert effects_of(line) == TABLE[line]


PLAIN = [
    "NR==1{print}", "$3 > 100 {print $1}", "{ if ($1 > 5) print $1 }", "{ s += $1 } END { print s / NR }",
    "/a|b/ {print}",
    "$1 ~ /x>y/ && $2 || $3", "{print (a > b)}", "{gsub(/\\//, \"|\"); print}", "length($0) > 80", "!seen[$0]++",
    "{print \"a > b | c system(x)\"}", "/[|]/", "{print $1/2, $2/3}",
]  # fmt: skip
NOT_PLAIN = [
    "BEGIN{f=\"system\";@f(\"id\")}", "{print $1 > \"/etc/x\"}", "{printf \"%s\", $1 >> f}", "{printf(\"x\") > \"y\"}",
    "{cmd | getline}", "BEGIN{ARGV[1]=\"/etc/passwd\"}", "/[/]\"/{system(\"id\")}#\"",
    "\"unfinished", "{print(1) | \"sh\"}",
    "@include \"x\"", "/[]/]\"/{print|\"sh\"}#\"",
]  # fmt: skip


@pytest.mark.parametrize("program", PLAIN)
def test_plain(program):
    assert is_plain(program)


@pytest.mark.parametrize("program", NOT_PLAIN)
def test_not_plain(program):
    assert not is_plain(program)
