"""Every module has its test: under the same stem, or under the one that this table names."""

import shutil
from pathlib import Path

ROOT = Path(__file__).parents[2]

#: Module -> the tests that hold it, where they do not carry its name; both below `leashd_hooks` and `tests`.
ELSEWHERE = {
    "approval": "leashd_supervisor/test_hook_and_supervisor.py",
    "audit_log": "leashd_hooks/test_audit_verify.py",
    "audit_mend": "leashd_hooks/test_audit.py",
    "boot": "hook/test_faults.py",
    "branches": "leashd_hooks/test_observe.py",
    "client": "leashd_supervisor/test_faults.py",
    "cleaning": "leashd_hooks/test_redact.py",
    "globs": "leashd_hooks/test_observe.py",
    "hook": "hook/test_faults.py",
    "rescue": "hook/test_faults.py",
    "start": "hook/test_faults.py",
    "image": "architecture/test_hot_path.py",
    "jsonlibrary": "leashd_hooks/test_jsondoor.py",
    "model": "leashd_hooks/decide/test_decide.py",
    "redaction": "leashd_hooks/test_redact.py",
    "recompile": "leashd_hooks/test_bundle.py",
    "places": "leashd_hooks/test_bundle.py",
    "install/hook_encodings": "leashd_hooks/install/test_hook_python.py",
    "cli/claude": "leashd_hooks/launch/test_claude.py",
    "launch/environment": "leashd_hooks/launch/test_claude.py",
    "launch/preflight": "leashd_hooks/launch/test_claude.py",
    "launch/refusal": "leashd_hooks/launch/test_claude.py",
    "adapters/plain": "leashd_hooks/adapters/test_gemini.py",
    "install/gemini": "leashd_hooks/install/test_others.py",
    "install/hooks_member": "leashd_hooks/install/test_others.py",
    "install/host": "leashd_hooks/install/test_others.py",
    "install/opencode": "leashd_hooks/install/test_others.py",
    "install/copilot": "leashd_hooks/install/test_others.py",
    "install/cursor": "leashd_hooks/install/test_others.py",
    "install/place": "leashd_hooks/install/test_install_claude.py",
    "cli/audit": "leashd_hooks/cli/test_audit_commands.py",
    "cli/card": "leashd_hooks/cli/test_approvals.py",
    "cli/people": "leashd_hooks/cli/test_approvals.py",
    "cli/watch": "leashd_hooks/cli/test_approvals.py",
    "cli/logs": "leashd_hooks/cli/test_daemon.py",
    "cli/replay": "leashd_hooks/test_replay.py",
    "cli/report": "leashd_hooks/report/test_report.py",
    "cli/start": "leashd_hooks/cli/test_daemon.py",
    "cli/completion": "leashd_hooks/cli/test_command_line.py",
    "cli/config": "leashd_hooks/cli/test_setup_commands.py",
    "cli/demo": "leashd_hooks/cli/test_setup_commands.py",
    "cli/dirs": "leashd_hooks/cli/test_setup_commands.py",
    "cli/docs": "leashd_hooks/policy/test_docs.py",
    "cli/doctor": "leashd_hooks/install/test_doctor.py",
    "cli/explain": "leashd_hooks/cli/test_check.py",
    "cli/failure": "leashd_hooks/cli/test_command_line.py",
    "cli/group": "leashd_hooks/cli/test_command_line.py",
    "cli/init": "leashd_hooks/cli/test_setup_commands.py",
    "cli/codex": "e2e/test_codex.py",
    "install/codex_client": "e2e/test_codex.py",
    "cli/install_codex": "e2e/test_codex.py",
    "cli/installed": "leashd_hooks/cli/test_setup_commands.py",
    "cli/install": "leashd_hooks/cli/test_setup_commands.py",
    "cli/judging": "leashd_hooks/cli/test_check.py",
    "cli/reconcile": "leashd_hooks/test_reconcile.py",
    "cli/records": "leashd_hooks/cli/test_audit_commands.py",
    "cli/render": "leashd_hooks/cli/test_command_line.py",
    "cli/status": "leashd_hooks/cli/test_setup_commands.py",
    "cli/subcommands": "leashd_hooks/cli/test_command_line.py",
    "cli/suggest": "leashd_hooks/policy/test_suggest.py",
    "cli/trust": "leashd_hooks/cli/test_setup_commands.py",
    "cli/version": "leashd_hooks/cli/test_command_line.py",
    "cli/whereabouts": "leashd_hooks/cli/test_setup_commands.py",
    "decide/legacy": "leashd_hooks/policy/test_legacy.py",
    "decide/rule": "leashd_hooks/decide/test_decide.py",
    "decide/match": "leashd_hooks/decide/test_decide.py",
    "decide/sandbox": "leashd_hooks/decide/test_decide.py",
    "install/canary": "leashd_hooks/install/test_doctor.py",
    "install/claude": "leashd_hooks/install/test_install_claude.py",
    "install/codex": "leashd_hooks/install/test_install_codex.py",
    "install/guard_line": "leashd_hooks/install/test_install_codex.py",
    "install/toml_file": "leashd_hooks/install/test_install_codex.py",
    "install/entries": "leashd_hooks/install/test_install_claude.py",
    "install/finding": "leashd_hooks/install/test_doctor.py",
    "install/setup": "leashd_hooks/install/test_install_claude.py",
    "install/survey": "leashd_hooks/install/test_doctor.py",
    "policy/compose": "leashd_hooks/policy/test_errors.py",
    "policy/condition": "leashd_hooks/policy/test_load.py",
    "policy/oracle": "properties/test_oracle.py",
    "policy/path_index": "leashd_hooks/decide/test_paths.py",
    "policy/rights": "leashd_hooks/policy/test_layers.py",
    "policy/schema": "leashd_hooks/policy/test_load.py",
    "policy/source": "leashd_hooks/policy/test_errors.py",
    "policy/vocabulary": "leashd_hooks/policy/test_errors.py",
    "shell/assignments": "leashd_hooks/shell/test_words.py",
    "shell/builtins": "leashd_hooks/shell/test_walk.py",
    "shell/clauses": "leashd_hooks/shell/test_tree.py",
    "shell/command_line": "leashd_hooks/shell/test_walk.py",
    "shell/compound": "leashd_hooks/shell/test_walk.py",
    "shell/convert": "leashd_hooks/shell/test_shfmt.py",
    "shell/expansion": "leashd_hooks/shell/test_words.py",
    "shell/flows": "leashd_hooks/shell/test_walk.py",
    "shell/functions": "leashd_hooks/shell/test_walk.py",
    "shell/invocation": "leashd_hooks/shell/programs/test_families.py",
    "shell/argv": "leashd_hooks/shell/programs/test_families.py",
    "shell/names": "leashd_hooks/shell/test_words.py",
    "shell/nested": "leashd_hooks/shell/test_walk.py",
    "shell/redirects": "leashd_hooks/shell/test_walk.py",
    "shell/state": "leashd_hooks/shell/test_walk.py",
    "shell/variables": "leashd_hooks/shell/test_words.py",
    "shell/ansi": "leashd_hooks/shell/test_words.py",
    "shell/project": "leashd_hooks/shell/programs/test_runners.py",
    "sql/__main__": "leashd_hooks/shell/test_sqldoor.py",
    "sql/functions": "leashd_hooks/sql/test_reader.py",
    "shell/programs/build": "leashd_hooks/shell/programs/test_packages.py",
    "shell/programs/git_effects": "leashd_hooks/shell/programs/test_git.py",
    "shell/programs/git_local": "leashd_hooks/shell/programs/test_git.py",
    "shell/programs/git_remote": "leashd_hooks/shell/programs/test_git.py",
}
#: Folders whose modules share one table of cases.
TOGETHER = {
    "policy/lints": "leashd_hooks/policy/test_lints.py",
    "report": "leashd_hooks/report/test_report.py",
    "tools": "leashd_hooks/tools/test_tools.py",
    "transcripts": "leashd_hooks/transcripts/test_transcripts.py",
}


def _without_a_test(root: Path) -> "list[str]":
    missing = []
    for source in sorted((root / "leashd_hooks").rglob("*.py")):
        name = source.relative_to(root / "leashd_hooks").with_suffix("").as_posix()
        folder, _, stem = name.rpartition("/")
        expected = ELSEWHERE.get(name) or TOGETHER.get(folder) or f"leashd_hooks/{folder}/test_{stem}.py"
        if "__pycache__" in name or stem == "__init__":
            continue
        if not (root / "tests" / expected).is_file():
            missing.append(name)
    return missing


def test_every_module_has_its_test() -> None:
    assert _without_a_test(ROOT) == []


def test_the_table_names_modules_that_exist() -> None:
    assert [name for name in ELSEWHERE if not (ROOT / "leashd_hooks" / f"{name}.py").is_file()] == []


def test_a_module_without_a_test_turns_the_check_red(tmp_path: Path) -> None:
    ignored = shutil.ignore_patterns("__pycache__", "node_modules")
    shutil.copytree(ROOT / "leashd_hooks", tmp_path / "leashd_hooks", ignore=ignored)
    shutil.copytree(ROOT / "tests", tmp_path / "tests", ignore=ignored)
    (tmp_path / "leashd_hooks" / "shell" / "programs" / "invented.py").touch()
    assert _without_a_test(tmp_path) == ["shell/programs/invented"]
