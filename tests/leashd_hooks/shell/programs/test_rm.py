import pytest

TABLE = {
    "rm a": ["delete /w/a force=False recursive=False"],
    "rm -r a": ["delete /w/a force=False recursive=True"],
    "rm -rf a b": ["delete /w/a force=True recursive=True", "delete /w/b force=True recursive=True"],
    "rm -f -R a": ["delete /w/a force=True recursive=True"],
    "rm a -rf": ["delete /w/a force=True recursive=True"],
    "rm --rec --fo a": ["delete /w/a force=True recursive=True"],
    "rm --recursive --force ~": ["delete /home/u force=True recursive=True"],
    "rm -- -rf": ["delete /w/-rf force=False recursive=False"],
    "rm -rf /": ["delete / force=True recursive=True through"],
    "rm -rf ../../..": ["delete /w/../../.. force=True recursive=True"],
    "rm -rf *": ["delete /w/* force=True glob recursive=True"],
    "rm -r ?x": ["delete None force=False recursive=True"],
    "rm ? a": ["delete None force=True recursive=True", "delete /w/a force=True recursive=True"],
    "rm -z a": ["delete /w/a force=True recursive=True"],
    "rm confirm-refactor.txt": ["delete /w/confirm-refactor.txt force=False recursive=False"],
    "rm my-report-final.txt": ["delete /w/my-report-final.txt force=False recursive=False"],
    "rm -i --verbose a": ["delete /w/a force=False recursive=False"],
    "rm --version": [],
    "rmdir -p a": ["delete /w/a force=False recursive=False"],
    "unlink a": ["delete /w/a force=False recursive=False"],
    "shred -n 3 -u a": ["delete /w/a force=True recursive=False through"],
    "rm a/": ["delete /w/a force=False recursive=False through"],
    "trash a": ["delete /w/a force=False recursive=True"],
    "rimraf dist": ["delete /w/dist force=True recursive=True"],
    "trash-empty": ["delete /home/u/.local/share/Trash force=True recursive=True"],
}


@pytest.mark.parametrize("line", TABLE)
def test_rm(line, effects_of):
    told = TABLE[line]
    assert effects_of(line) == [
        each.replace("recursive=True", "recursive").replace("force=True", "force") for each in told
    ]
