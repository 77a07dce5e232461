import pytest

from leashd_hooks.shell.filters import alternatives, is_choosy, is_wide, left_out, widened


@pytest.mark.parametrize("name", ["*.o", "*.pyc", "core", "a?c", "[ab]c1"])
def test_a_pattern_that_says_something_of_the_name_is_choosy(name):
    assert is_choosy(name)


@pytest.mark.parametrize("name", ["*", "*.*", "?*", "*e*", "[a-z]*", "**", ""])
def test_a_pattern_that_fits_nearly_everything_is_not_choosy(name):
    assert not is_choosy(name)


def test_braces_are_alternatives():
    assert alternatives("*.{a,b}") == ["*.a", "*.b"]
    assert alternatives("{src,lib}/*.c") == ["src/*.c", "lib/*.c"]
    assert alternatives("*.a") == ["*.a"]
    assert alternatives("a{b") == ["a{b"]


def test_a_class_of_characters_is_widened_to_any():
    assert widened("a[0-9]b") == "a?b"
    assert widened("a[b") == "a[b"


def test_only_names_without_a_directory_leave_out_every_file_of_that_name():
    assert left_out([".env", "./certs/", "*/x", "**/y"]) == [".env", "certs", "x", "y"]
    assert left_out(["docs/.env"]) == []


def test_what_is_included_may_undo_what_is_excluded():
    assert left_out([".*"], [".env"]) == []


@pytest.mark.parametrize("pattern", ["", ".", "^", ".*", ".{1,}", r"\S", "[a-z]+", "[]x]*", "=", "(.)", "a|"])
def test_a_regular_expression_for_one_character_is_wide(pattern):
    assert is_wide(pattern)


@pytest.mark.parametrize("pattern", ["TODO", "<<<<", "=>", "{{", r"\bfoo\b", "[A-Z]Error"])
def test_a_regular_expression_for_more_is_not_wide(pattern):
    assert not is_wide(pattern)
