"""What bash really runs is among the `run` effects, or the line is opaque: bash is asked, with programs that only tell
their name.

The stubs are the only directory in `PATH` and every snippet runs in a directory of its own.
"""

import fnmatch
import os
import subprocess
from pathlib import Path

import pytest

from leashd_hooks.shell.command_line import lower

PROGRAMS = ["rm", "cat", "ls", "curl", "make", "cc", "tool", "seq"]

SNIPPETS = {
    "a newline inside a word": "r\\\nm x",
    "quotes inside a word": "r\"\"m x; r''m x; 'r'm x; \\rm x",
    "an ANSI-C word": "$'\\x72m' x",
    "octal and unicode": "$'\\162\\155' x; $'r\\u006d' x",
    "a variable as command": "x=rm; $x y",
    "a default as command": "${x:-rm} y",
    "a command from a substitution": "$(echo rm) y",
    "a command from a variable in braces": "x=r; ${x}m y",
    "brace expansion as command": "{rm,x}",
    "brace expansion as assignment": "{rm,-rf,x}",
    "an empty variable before a command": "e=; $e rm x",
    "an empty substitution before a command": "$(true) rm x",
    "an array as command": "a=(rm x); \"${a[@]}\"",
    "positional parameters as command": "set -- rm x; \"$@\"",
    "positional parameters of a function": "f() { \"$@\"; }; f rm x",
    "a function that overrides a program": "ls() { rm x; }; ls",
    "a function that is passed a function": "g() { rm x; }; f() { $1; }; f g",
    "a function defined in a subshell": "(f() { rm x; }; f)",
    "a function with a subshell body": "f() ( rm x ); f",
    "a function of the keyword form": "function f { rm x; }; f",
    "nested backquotes": "echo `echo \\`rm x\\``",
    "a substitution in double quotes": "echo \"a $(rm x) b\"",
    "a substitution in a default": "echo \"${x:-$(rm x)}\"",
    "single quotes that do not protect": "echo \"${x:-'$(rm x)'}\"",
    "a substitution in a pattern": "x=a; echo ${x#$(rm x)}",
    "a substitution in a replacement": "x=a; echo ${x/a/$(rm x)}",
    "a substitution in a slice": "x=abc; echo ${x:$(rm x)1}",
    "a substitution in an index": "a=(1); echo ${a[$(rm x)0]}",
    "a substitution in an array": "a=(1 $(rm x))",
    "a substitution in an index that is assigned": "a[$(rm x)0]=1",
    "a substitution in arithmetic": "echo $((1 + $(rm x)0))",
    "quoted substitution in arithmetic": "echo $((1 + \"$(rm x)\"0))",
    "an arithmetic command": "(( $(rm x)1 ))",
    "a variable that arithmetic runs": "x='a[$(rm x)]'; echo $((x))",
    "a variable that a comparison runs": "x='a[$(rm x)]'; [[ $x -eq 0 ]]",
    "a subscript that test runs": "test -v 'a[$(rm x)]'",
    "a subscript that printf runs": "printf -v 'a[$(rm x)]' 1",
    "a substitution that ANSI-C quotes hide from arithmetic": "echo $(( $'\\x24(rm x)1' ))",
    "a substitution that ANSI-C quotes hide from an index": "v=([$'\\x24(rm x)0']=1)",
    "a substitution that ANSI-C quotes hide from a slice": "x=abc; echo ${x:$'\\x24(rm x)1'}",
    "an escaped substitution in an index": "v=([\\$\\(rm\\ x\\)]=1)",
    "a variable that the index of an element expands again": "x='$(rm x)'; v=([$x]=1)",
    "a substitution that ANSI-C quotes hide in a default": "echo \"${x:-$'\\x24(rm x)'}\"",
    "let": "let 'a[$(rm x)]=1'",
    "an old arithmetic": "echo $[1+$(rm x)1]",
    "a substitution that looks like arithmetic": "echo $((echo a); rm b)",
    "a subshell that looks like arithmetic": "((rm a); rm b)",
    "a heredoc with a substitution": "cat <<E\n$(rm x)\nE",
    "a heredoc with backquotes": "cat <<E\n`rm x`\nE",
    "a quoted heredoc": "cat <<'E'\n$(ls x)\nE\nrm y",
    "a heredoc with a partly quoted end": "cat <<E\"O\"F\n$(ls x)\nEOF\nrm y",
    "two heredocs": "cat <<A; rm x <<B\na\nA\nb\nB\nls",
    "a heredoc with tabs": "cat <<-E\n\ta\n\tE\nrm x",
    "a here-string with a substitution": "cat <<< $(rm x)",
    "a redirect with a substitution": "cat > $(rm x)out",
    "a quoted substitution that a redirection of both outputs runs": "ls >&'$(rm x)'",
    "a quoted backquote behind a digit of a redirection": "ls 1>&1$'`rm x`'",
    "a variable whose text a redirection of both outputs runs": "x='$(rm x)'; ls >&\"$x\"",
    "a process substitution": "cat <(rm x)",
    "an output process substitution": "echo a > >(rm x); wait",
    "coproc": "coproc rm x; wait",
    "coproc with a name": "coproc X { rm x; }; wait",
    "time": "time rm x",
    "time with posix format": "time -p rm x",
    "time and a negation": "time ! rm x",
    "a negation": "! rm x",
    "a double negation": "! ! rm x",
    "background": "rm x & wait",
    "pipes": "ls | cat | rm x",
    "pipes with errors": "ls |& rm x",
    "pipes over lines": "ls |\n\n rm x",
    "chains over lines": "ls &&\n# comment\n rm x",
    "a comment": "ls # rm x\nrm y",
    "a hash inside a word": "ls a#b; rm x",
    "if": "if ls; then rm x; elif cat; then make; else cc; fi",
    "while": "while rm x; do break; done",
    "until": "until rm x; do ls; break; done",
    "for": "for i in 1 2; do rm $i; done",
    "for with a substitution": "for i in $(rm x); do ls; done",
    "for in braces of C": "for ((i=0; i<2; i++)); do rm x; done",
    "for without in": "set -- rm; for i; do $i x; done",
    "for with programs": "for p in rm ls; do $p x; done",
    "case": "case a in (a) rm x;; b|c) ls;; esac",
    "case that falls through": "case a in a) ls;& b) rm x;; esac",
    "case with a substitution": "case $(rm x) in *) ls;; esac",
    "case with a substitution as pattern": "case a in $(rm x)) ls;; *) ;; esac",
    "a reserved word as argument": "ls if then fi; rm done",
    "double brackets with a substitution": "[[ -n $(rm x) ]]",
    "double brackets and more": "[[ a == b ]] || rm x",
    "eval": "eval rm x",
    "eval of parts": "eval 'r''m' x; a='rm y'; eval $a; eval \"$a\"",
    "eval of eval": "eval eval rm x",
    "trap": "trap 'rm x' EXIT",
    "trap on debug": "trap 'rm x' DEBUG; :",
    "a prompt that runs": "PS4='$(rm x)'; set -x; ls",
    "an expansion that runs": "x='$(rm x)'; echo ${x@P}",
    "command": "command rm x; command -p rm x",
    "exec": "exec rm x",
    "exec with a name": "exec -a ls rm x",
    "builtin": "builtin eval rm x",
    "alias": "shopt -s expand_aliases\nalias l='rm x'\nl",
    "an assignment before": "A=1 B=2 rm x",
    "an assignment with a substitution": "A=$(rm x)",
    "an assignment with a substitution before": "A=$(rm x) ls",
    "export": "export A=$(rm x)",
    "local": "f() { local a=$(rm x); }; f",
    "declare": "declare -a a=($(rm x))",
    "a redirect first": "> out rm x",
    "only a redirect": "> out; rm x",
    "a group": "{ rm x; }",
    "a subshell": "(rm x)",
    "a nested subshell": "( (rm x) )",
    "a substitution in a substitution": "echo $(echo $(rm x))",
    "a case inside a substitution": "echo $(case a in a) rm x;; esac)",
    "a comment inside a substitution": "echo $(ls # )\nrm x)",
    "a quote inside a substitution": "echo \"$(ls \")\" ; rm x)\"",
    "break out of a loop": "for i in 1 2; do ls; break; rm x; done; cat",
    "return": "f() { ls; return; rm x; }; f; cat",
    "mapfile with a callback": "mapfile -c 1 -C 'rm' a <<< 'x'",
    "a name reference": "declare -n r=x; x=rm; $r y",
    "indirection": "y=rm; x=y; ${!x} z",
    "upper and lower case": "x=RM; ${x,,} y",
    "a declared lower case": "declare -l x; x=RM; $x y",
    "IFS splitting": "IFS=:; x=rm:y; $x",
    "read": "read c <<< rm; $c x",
    "printf into a variable": "printf -v c '%s%s' r m; $c x",
    "a loop that changes its command": "c=ls; for i in 1 2; do $c x; c=rm; done",
    "a while that changes its command": "c=ls; n=0; while [ $n != 11 ]; do $c x; c=rm; n=${n}1; n=${n#0}; done",
    "a variable set in one branch": "c=ls; if false; then c=ls; else c=rm; fi; $c x",
    "a variable set after or": "c=ls; false || c=rm; $c x",
    "a variable set in a function": "c=ls; f() { c=rm; }; f; $c x",
    "a variable set in a subshell": "c=rm; (c=ls); $c x",
    "a variable that is read-only": "readonly c=rm\nc=ls\n$c x",
    "a variable set in arithmetic": "x=rm; : $((y=1)); $x y",
    "a default that assigns": ": ${c:=rm}; $c x",
    "a plus assignment": "c=r; c+=m; $c x",
    "unset": "c=ls; unset c; $c rm x",
    "an argument that is shifted": "set -- ls rm; shift; $1 x",
    "the last word of the shell": "_=1; true rm; $_ x",
    "a shell with text": "bash -c 'rm x'",
    "a shell with options and text": "bash -ec 'rm x'; bash -e -c 'rm y'; bash --norc -c 'ls'",
    "a shell with arguments": "bash -c '$0 \"$1\"' rm x",
    "a shell with a here-string": "bash <<< 'rm x'",
    "a shell with a heredoc": "bash <<'E'\nrm x\nE",
    "a shell at the end of a pipe": "echo 'rm x' | bash",
    "a shell with an exported function": "ls() { rm x; }; export -f ls; bash -c ls",
    "a shell with an exported variable": "export c=rm; bash -c '$c x'",
    "a sourced process": "source <(echo rm x)",
    "env": "env A=1 rm x; env -i PATH=\"$PATH\" rm y; env -u A rm z",
    "xargs": "echo x | xargs rm; echo x | xargs -I{} rm {}; echo rm | xargs -I{} {} x",
    "nested wrappers": "env A=1 nice -n 1 nohup timeout 5 rm x",
    "a semicolon at once": "ls;rm x",
    "an ampersand at once": "ls&rm x",
    "a tab": "\trm\tx",
    "a carriage return": "ls\r\nrm x",
    "a comment that ends in a backslash": "ls # x \\\nrm x",
    "an assignment and a comment that ends in a backslash": "c=r # \\\nrm x",
    "a comment in a substitution that ends in a backslash": "echo $(ls # \\\nrm x\n)",
    "a quoted comment sign before a continued line": "echo '# x' \\\n&& rm x",
}  # fmt: skip

EXTERNAL = ["bash", "env", "nice", "nohup", "timeout", "xargs"]


@pytest.fixture(scope="session")
def stubs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("stubs")
    for name in PROGRAMS:
        stub = directory / name
        stub.write_text(
            f'#!/bin/bash\necho {name} >> "{directory}/log"\n'
            f'for word; do echo "{name} $PWD $word" >> "{directory}/words"; done\n'
        )
        stub.chmod(0o755)
    for name in EXTERNAL:
        (directory / name).symlink_to(Path("/usr/bin") / name)
    return directory


@pytest.mark.parametrize("text", SNIPPETS.values(), ids=SNIPPETS)
def test_every_program_that_bash_runs_is_found(text: str, stubs: Path, tmp_path: Path, shfmt_path: str) -> None:
    log = stubs / "log"
    log.write_text("")
    subprocess.run(
        ["/bin/bash", "-c", text], cwd=tmp_path, env={"PATH": str(stubs)}, timeout=20, stdin=subprocess.DEVNULL,
        capture_output=True, check=False,
    )  # fmt: skip
    effects = lower(text, str(tmp_path), "/home/u", shfmt_path)
    if any(effect.kind == "opaque" or effect.fields.get("path") == "/dev/fd/63" for effect in effects):
        return
    found = {effect.fields["program"] for effect in effects if effect.kind == "run"}
    assert set(log.read_text().split()) <= found
    assert any(effect.kind == "run" for effect in effects) or not log.read_text()


#: What `rm` is given is where the state of the shell shows: directory, variables, positions.
STATES = {
    "cd that succeeds": "mkdir a; cd a && rm x",
    "cd that fails": "cd nowhere; rm ../x",
    "cd that fails before and": "cd nowhere && true; rm ../x",
    "cd that fails before or": "cd nowhere || rm x; rm y",
    "cd that succeeds before exit": "mkdir a; cd a || exit; rm x",
    "exit in a subshell": "mkdir a; (cd a; exit); rm x",
    "a trap after exit": "mkdir a; trap 'rm x' EXIT; cd a; exit",
    "a trap in a subshell": "mkdir a; (trap 'rm x' EXIT; cd a); rm y",
    "a trap of a member of a pipe in a loop": "mkdir a; for x in a b; do cd a; cd a | trap 'rm t$x' EXIT; done",
    "a function that is overridden by its caller": "f() { rm a; }; g() { f() { rm b; }; f; }; g; f",
    "cd in one branch": "mkdir a; if [ -d a ]; then cd a; fi; rm x",
    "cd in the condition": "mkdir a; if cd a; then rm x; else rm y; fi; rm z",
    "cd in the condition that fails": "if cd a; then rm x; else rm y; fi; rm z",
    "cd in a subshell": "mkdir a; (cd a; rm x); rm y",
    "cd in a group": "mkdir a; { cd a; rm x; }; rm y",
    "cd in a pipe": "mkdir a; cd a | true; rm x",
    "cd in the background": "mkdir a; cd a & wait; rm x",
    "cd in a substitution": "mkdir a; echo $(cd a; rm x); rm y",
    "cd in a function": "mkdir a; f() { cd a; }; f; rm x",
    "cd in a function that returns first": "mkdir a; f() { return; cd a; }; f; rm x",
    "cd in a function that returns later": "mkdir a; f() { cd a; return; }; f; rm x",
    "cd in a loop": "mkdir -p a/a; for i in 1 2; do cd a; rm x; done; rm y",
    "cd in a loop that breaks": "mkdir -p a/a; for i in 1 2; do break; cd a; done; rm y",
    "cd in a loop that continues": "mkdir -p a/a; for i in 1 2; do cd a; continue; cd ..; done; rm y",
    "cd in an endless loop": "mkdir -p a/a/a/a; while cd a; do rm x; done; rm y",
    "cd in eval": "mkdir a; eval 'cd a'; rm x",
    "cd in a text of a shell": "mkdir a; bash -c 'cd a; rm x'; rm y",
    "cd through command": "mkdir a; command cd a; rm x; builtin cd ..; rm y",
    "cd with a variable": "mkdir a; d=a; cd $d; rm x",
    "cd to the last directory": "mkdir a; cd a; cd -; rm x",
    "cd home": "HOME=$PWD/h; mkdir h; cd; rm x; cd ~; rm y",
    "cd with options": "mkdir a; cd -P -- a; rm x; cd -L ..; rm y",
    "cd through CDPATH": "mkdir -p c/a; CDPATH=c; cd a; rm x",
    "cd through a negation": "mkdir a; ! cd a; rm x",
    "cd in case": "mkdir a b; case b in a) cd a;; b) cd b;; esac; rm x",
    "cd in case that falls through": "mkdir -p a/b; case a in a) cd a;& b) cd b;; esac; rm x",
    "pushd and popd": "mkdir a; pushd a; rm x; popd; rm y",
    "cd with time": "mkdir a; time cd a; rm x",
    "a directory for env": "mkdir a; env -C a rm x; rm y",
    "PWD": "mkdir a; cd a; rm $PWD/x; PWD=/etc; rm $PWD/y",
    "a variable": "x=a; rm $x/b; x=c; rm $x/b",
    "a variable only for a command": "x=a; x=b true; rm $x",
    "a variable before a builtin": "x=a; x=b eval 'rm $x'; rm $x",
    "a variable of a function": "x=a; f() { local x=b; rm $x; }; f; rm $x",
    "a variable set after return": "x=a; f() { return; x=b; }; f; rm $x",
    "a variable set by a loop": "for x in a b; do :; done; rm $x",
    "a variable set by a loop that breaks": "for x in a b; do break; done; rm $x",
    "a variable set by read in a loop": "printf 'a\\nb\\n' | while read x; do rm $x; done",
    "a variable set by a for over files": "touch f.txt g.txt; for x in *.txt; do rm $x; done; rm $x",
    "a variable of many values": "for x in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17; do rm $x; done",
    "a variable with blanks": "x='a b'; rm $x; rm \"$x\"",
    "a variable with a glob": "touch g1 g2; x='g*'; rm $x; rm \"$x\"",
    "a variable that is empty": "x=; rm a $x b \"$x\"c",
    "a variable that is unset": "x=a; unset x; rm $x/b",
    "a variable set in a condition": "x=a; if x=b; then :; fi; rm $x",
    "a variable appended to": "x=a; x+=b; rm $x; for i in 1 2; do x+=c; done; rm $x",
    "a variable in a subshell": "x=a; (x=b; rm $x); rm $x",
    "a variable set by a default": "rm ${x:=a}; rm $x; x=b; rm ${x:-c}",
    "a variable set in arithmetic": "x=1; ((x=2)); rm $x; ((x++)); rm $x; let x=7; rm $x; : $((x=8)); rm $x",
    "a variable set for C loops": "for ((x=0; x<3; x++)); do rm $x; done; rm $x",
    "a variable set by getopts": "set -- -a; x=z; getopts a x; rm $x",
    "a variable set by wait": "x=z; true & wait -n -p x; rm $x",
    "a variable set by a redirection": "exec {x}>f; rm $x",
    "a variable that is an integer": "declare -i x; x=1+1; rm $x",
    "a variable of an array": "x=a; x=(b c); rm $x; rm ${x[1]}",
    "an element that is set": "x=a; x[0]=b; rm $x",
    "the environment of a shell": "export x=a; bash -c 'rm $x'; y=b bash -c 'rm $y'",
    "positional parameters": "set -- a 'b c'; rm \"$@\"; rm $1; shift; rm \"$1\"; rm $#",
    "positional parameters of a function": "set -- a; f() { rm $1; set -- c; rm $1; }; f b; rm $1",
    "positional parameters of a shell": "bash -c 'rm $1 $0' a b",
    "positional parameters over nine": "set -- a b c d e f g h i j; rm $10 ${10}",
    "braces": "rm {a,b}{1,2} {1..3} {a..c} {01..03} x{,y} {a} {a,b {,} {x,{y,z}} {3..1..2}",
    "quoted braces": "rm '{a,b}' {a,'b c'} \\{a,b} \"{a,b}\" {a\\,b,c}",
    "tildes": "HOME=/h; rm ~/a x~ \"~/b\" ~/'c d' '~'/e",
    "escapes": "rm a\\ b 'c\\d' \"e\\f\" \"g\\$h\" \\~ $'i\\tj'",
    "globs": "touch a1 a2; rm a* 'a*' a? [a]1 nothing* a[12]",
    "substitutions": "rm $(echo a) \"$(printf %s b)\" $(echo c d) x$(pwd)",
    "xargs": "echo a b | xargs rm c",
    "an alternative": "x=a; false && x=b; rm $x; true && x=c; rm $x; true || x=d; rm $x",
    "a variable that local does not set": "x=a; local x=b; rm $x",
    "a variable set inside arithmetic": "x=1; echo $((y = x++, x)); rm $x $y; a=(1); ((a[0]=5)); rm $a",
    "a pipe that reads": "x=a; echo b | read x; rm $x",
    "a trap": "x=a; trap 'rm $x' EXIT; x=b",
    "a signal": "x=a; trap 'x=b' USR1; kill -USR1 $$; rm $x",
    "a debug trap": "trap 'x=b' DEBUG; x=a; rm $x",
    "a name reference": "x=a; declare -n r=x; r=b; rm $x",
    "a sourced file": "echo x=b > f.sh; x=a; . ./f.sh; rm $x",
    "nested functions": "f() { g() { rm $1; }; g b; }; f a; g c",
    "a function redefined": "f() { rm a; }; f; f() { rm b; }; f",
    "a function defined in a branch": "f() { rm a; }; if true; then f() { rm b; }; fi; f",
    "a function unset": "rm() { command rm a; }; rm; unset -f rm; rm b",
}  # fmt: skip


@pytest.mark.parametrize("text", STATES.values(), ids=STATES)
def test_every_path_that_rm_is_given_is_found(text: str, stubs: Path, tmp_path: Path, shfmt_path: str) -> None:
    log = stubs / "words"
    log.write_text("")
    subprocess.run(
        ["/bin/bash", "-c", text], cwd=tmp_path, env={"PATH": f"{stubs}:/usr/bin"}, timeout=20,
        stdin=subprocess.DEVNULL, capture_output=True, check=False,
    )  # fmt: skip
    effects = lower(text, str(tmp_path), "/home/u", shfmt_path)
    deletes = [effect.fields for effect in effects if effect.kind == "delete"]
    given = [line.split(" ", 2)[1:] for line in log.read_text().splitlines() if line.startswith("rm ")]
    assert given
    for directory, word in given:
        path = os.path.normpath(os.path.join(directory, word))
        assert any(covers(fields, path) for fields in deletes), (path, deletes)


def covers(fields: dict[str, object], path: str) -> bool:
    known = fields["path"]
    return (
        known is None
        or os.path.normpath(str(known)) == path
        or bool(fields.get("glob") and fnmatch.fnmatch(path, str(known)))
    )
