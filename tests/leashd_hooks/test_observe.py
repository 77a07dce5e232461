"""The machine is read as the shell and the kernel would read it."""

import os
import subprocess
from pathlib import Path

import pytest

from leashd_hooks.model import Effect
from leashd_hooks.observe import observe, realpath


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    root = Path(os.path.realpath(tmp_path))
    (root / "w" / "sub").mkdir(parents=True)
    (root / "out").mkdir()
    (root / "w" / ".env").write_text("A=1")
    (root / "w" / "a.txt").write_text("a")
    (root / "w" / "sub" / ".env.local").write_text("B=1")
    (root / "w" / "notes.txt").symlink_to(".env")
    (root / "w" / "link").symlink_to("../out")
    (root / "w" / "chain").symlink_to("link")
    (root / "w" / "absolute").symlink_to(root / "out")
    (root / "w" / "dangling").symlink_to(root / "out" / "new")
    (root / "w" / "loop").symlink_to("loop")
    return root


RESOLVED = [
    ("w/a.txt", "w/a.txt"),
    ("w/notes.txt", "w/.env"),
    ("w/link/x/y", "out/x/y"),
    ("w/chain/x", "out/x"),
    ("w/absolute/x", "out/x"),
    ("w/dangling", "out/new"),
    ("w/missing/deep/x", "w/missing/deep/x"),
]


@pytest.mark.parametrize(("path", "expected"), RESOLVED, ids=[path for path, _ in RESOLVED])
def test_links_are_followed_and_missing_tails_kept(tree: Path, path: str, expected: str) -> None:
    assert realpath(str(tree / path)) == str(tree / expected)
    assert realpath(str(tree / path)) == os.path.realpath(tree / path)


def test_dots_after_a_link_lead_where_the_text_says_and_where_the_kernel_goes(tree: Path) -> None:
    path = str(tree / "w" / "link" / ".." / "secret")
    facts = observe([Effect("read", {"path": path})])
    assert facts.real[path] == (str(tree / "w" / "secret"), str(tree / "secret"))


def test_to_delete_a_link_removes_the_link_alone(tree: Path) -> None:
    paths = [f"{tree}/w/notes.txt", f"{tree}/w/chain/x", f"{tree}/w/*.txt"]
    facts = observe([Effect("delete", {"path": path, "glob": "*" in path or None}) for path in paths])
    assert [facts.real[path] for path in paths] == [
        (paths[0],),
        (paths[1], f"{tree}/out/x"),
        (f"{tree}/w/a.txt", paths[0]),
    ]


@pytest.mark.parametrize("more", ["through", "moved"])
def test_what_deletes_through_a_link_or_moves_it_follows_it(tree: Path, more: str) -> None:
    path = f"{tree}/w/notes.txt"
    assert observe([Effect("delete", {"path": path, more: True})]).real[path] == (path, f"{tree}/w/.env")


def test_a_link_that_is_deleted_and_read_in_one_call_is_followed(tree: Path) -> None:
    path = f"{tree}/w/notes.txt"
    facts = observe([Effect("delete", {"path": path}), Effect("read", {"path": path})])
    assert facts.real[path] == (path, f"{tree}/w/.env")


def test_a_loop_is_an_error(tree: Path) -> None:
    with pytest.raises(OSError, match="circle"):
        realpath(str(tree / "w" / "loop" / "x"))


@pytest.mark.parametrize("path", ["/dev/stdin", "/dev/fd/63", "/dev/stdout"])
def test_a_stream_of_the_process_is_what_it_says(path: str) -> None:
    assert observe([Effect("read", {"path": path})]).real[path] == (path,)


def _candidates(tree: Path, pattern: str) -> "set[str]":
    path = str(tree / pattern)
    facts = observe([Effect("read", {"path": path, "glob": True})])
    return {os.path.relpath(found, tree) for found in facts.real[path]}


GLOBS = [
    ("w/.e*", {"w/.env"}),
    ("w/*.txt", {"w/a.txt", "w/notes.txt", "w/.env"}),
    ("w/?.txt", {"w/a.txt"}),
    ("w/[a-c].txt", {"w/a.txt"}),
    ("w/[!b].txt", {"w/a.txt"}),
    ("w/**/.env*", {"w/.env", "w/sub/.env.local"}),
    ("w/s*/.env.local", {"w/sub/.env.local"}),
    ("w/no*", {"w/notes.txt", "w/.env"}),
    ("w/nothing*", {"w/nothing*"}),
]


@pytest.mark.parametrize(("pattern", "expected"), GLOBS, ids=[pattern for pattern, _ in GLOBS])
def test_globs_stand_for_their_matches_and_what_those_link_to(tree: Path, pattern: str, expected: "set[str]") -> None:
    assert _candidates(tree, pattern) == expected


def test_a_glob_over_too_many_files_is_an_error(tree: Path) -> None:
    for number in range(5001):
        (tree / "out" / f"{number}").touch()
    with pytest.raises(OSError, match="too many files"):
        observe([Effect("read", {"path": str(tree / "out" / "*"), "glob": True})])


def _seen(path: Path, **fields: object) -> "set[str]":
    return set(observe([Effect("read", {"path": str(path), **fields})]).real[str(path)])


def test_a_pattern_of_a_program_finds_hidden_names_in_any_letter_case(tree: Path) -> None:
    assert str(tree / "w" / ".env") in _seen(tree / "w" / "*ENV", glob="anywhere")
    assert str(tree / "w" / ".env") not in _seen(tree / "w" / "*env", glob=True)


def test_a_suffix_of_a_program_is_taken_as_it_reads_where_there_are_too_many_files(tree: Path) -> None:
    for number in range(5001):
        (tree / "out" / f"{number}").touch()
    assert _seen(tree / "out" / "*.py", glob="anywhere") == {str(tree / "out" / "*.py")}


def test_the_filter_of_a_search_tells_by_its_suffix_and_is_nothing_when_it_is_wide(tree: Path) -> None:
    assert _seen(tree / "w" / "**" / "*.pem", glob="filter") == {str(tree / "w" / "**" / "*.pem")}
    assert str(tree / "w" / ".env") in _seen(tree / "w" / "**" / ".en*", glob="filter")
    assert _seen(tree / "w" / "**" / "*", glob="filter") == {str(tree / "w" / "**" / "*")}


def test_names_that_are_split_at_blanks_are_known_only_where_none_has_one(tree: Path) -> None:
    pattern = f"{tree}/w/**/*.txt"
    names = [Effect("read", {"path": pattern, "glob": "listed"})]
    assert set(observe(names).real[pattern]) == {f"{tree}/w/a.txt", f"{tree}/w/notes.txt", f"{tree}/w/.env"}
    assert observe([Effect("write", {"path": f"{tree}/w/a b.txt"}), *names]).real[pattern] == ()
    (tree / "w" / "a b.txt").touch()
    assert observe(names).real[pattern] == ()


def test_double_stars_do_not_go_through_links(tree: Path) -> None:
    (tree / "w" / "round").symlink_to("..")
    assert not any("round/w" in path for path in _seen(tree / "w" / "**" / ".env", glob="anywhere"))


def test_a_copy_of_a_tree_reads_every_file_in_it_but_the_ones_left_out(tree: Path) -> None:
    assert str(tree / "w" / ".env") in _seen(tree / "w", deep=[])
    assert str(tree / "w" / ".env") not in _seen(tree / "w", deep=[".env"])


def test_a_walk_that_follows_links_goes_where_they_lead(tree: Path) -> None:
    (tree / "w" / "sub" / "away").symlink_to(tree / "out")
    assert str(tree / "out") in _seen(tree / "w", follow=True)
    assert str(tree / "out") not in _seen(tree / "w")


def _push(directory: Path) -> str:
    facts = observe([Effect("git", {"branch": "@current", "dir": str(directory)})])
    return facts.branches[str(directory)]


def test_the_branch_is_read_from_the_repository_around_a_directory(tmp_path: Path) -> None:
    subprocess.run(["git", "init", "-q", "-b", "topic/x", str(tmp_path)], check=True)
    (tmp_path / "deep" / "er").mkdir(parents=True)
    assert _push(tmp_path / "deep" / "er") == "topic/x"


def test_a_detached_head_has_no_branch(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    (tmp_path / ".git" / "HEAD").write_text("0123456789012345678901234567890123456789\n")
    assert _push(tmp_path) == ""


def test_a_linked_worktree_has_its_own_branch(tmp_path: Path) -> None:
    main = tmp_path / "main"
    git = ["git", "-C", str(main), "-c", "user.name=a", "-c", "user.email=a@example.org"]
    subprocess.run(["git", "init", "-q", "-b", "trunk", str(main)], check=True)
    subprocess.run([*git, "commit", "-q", "--allow-empty", "-m", "start"], check=True)
    subprocess.run(
        [*git, "worktree", "add", "-q", "-b", "side", str(tmp_path / "side")], check=True, capture_output=True
    )
    assert _push(tmp_path / "side") == "side"


@pytest.mark.parametrize(
    ("target", "path", "expected"),
    [
        ("{tree}/w/.env", "{tree}/w/h", "{tree}/w/.env"),
        ("{tree}/out", "{tree}/w/h/x", "{tree}/out/x"),
        ("?", "{tree}/w/h/x", "/?"),
    ],
)
def test_a_link_that_the_same_call_makes_is_followed(tree: Path, target: str, path: str, expected: str) -> None:
    link = Effect("write", {"path": f"{tree}/w/h", "how": "link", "target": target.format(tree=tree)})
    used = path.format(tree=tree)
    facts = observe([link, Effect("write", {"path": used})])
    assert expected.format(tree=tree) in facts.real[used]


def read(path: str) -> Effect:
    return Effect("read", {"path": path})


#: What one call is about, and whether it can be looked at.
AMOUNTS = {
    "500 files far down in one directory": ([read("/n" * 30 + f"/{number}") for number in range(500)], True),
    "600 files in directories of their own": ([read(f"/w/{number}/a/b") for number in range(600)], True),
    "600 files far down in directories of their own": (
        [read(f"/{number}" + "/n" * 30) for number in range(600)],
        False,
    ),
    "50 links, each to be followed by 10 paths": (
        [Effect("write", {"path": f"/w/{number}", "target": "/etc"}) for number in range(50)]
        + [read(f"/w/{number % 50}/{number}") for number in range(500)],
        True,
    ),
    "one link made 300 times, to be followed by 300 paths": (
        [Effect("write", {"path": "/w/x", "target": f"/etc/{number}"}) for number in range(300)]
        + [read(f"/w/x/{number}") for number in range(300)],
        False,
    ),
}


@pytest.mark.parametrize("name", AMOUNTS)
def test_no_call_looks_at_more_than_can_be_looked_at_in_time(name: str) -> None:
    effects, fits = AMOUNTS[name]
    if fits:
        assert len(observe(effects).real) >= 500
    else:
        with pytest.raises(ValueError, match="too many files"):
            observe(effects)


def test_a_link_that_goes_round_hides_none_of_its_neighbours(tree: Path) -> None:
    pattern = f"{tree}/w/*/.env*"
    assert observe([Effect("read", {"path": pattern, "glob": True})]).real[pattern] == (f"{tree}/w/sub/.env.local",)
