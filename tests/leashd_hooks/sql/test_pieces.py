"""Where a text is cut: at statements and at commands of the client, never inside what quotes or hides."""

import re

import pytest

from leashd_hooks.sql.pieces import CLIENTS, UnreadableError, cut

TABLE = {
    ("psql", "a; b"): ["sql a", "sql b"],
    ("psql", "a -- b; c\n; d"): ["sql a", "sql d"],
    ("psql", "a /* ; /* ; */ ; */ b"): ["sql a b"],
    ("sqlite3", "a /* ; /* ; */ b"): ["sql a b"],
    ("psql", "a ';' b"): ["sql a ';' b"],
    ("psql", "a 'b'';' c"): ["sql a 'b'';' c"],
    ("psql", 'a "b;" c'): ['sql a "b;" c'],
    ("psql", "a $$;$$ b"): ["sql a $$;$$ b"],
    ("psql", "a $x$;$$;$x$ b"): ["sql a $x$;$$;$x$ b"],
    ("psql", "a$$ ; b$$"): ["sql a$$", "sql b$$"],
    ("psql", "a $1; b"): ["sql a $1", "sql b"],
    ("psql", "a $"): ["sql a $"],
    ("psql", "E'\\';' a"): ["sql E'\\';' a"],
    ("psql", "a \\g b\nc"): ["sql a", "command \\g b", "sql c"],
    ("psql", "a \\; b"): ["sql a", "sql b"],
    ("mysql", "a '\\';' b"): ["sql a '\\';' b"],
    ("mysql", "a # ; b\n; c"): ["sql a", "sql c"],
    ("mysql", "a --b"): ["sql a - -b"],
    ("mysql", "a -- b"): ["sql a"],
    ("mysql", "a /*!40101 ; b */ c"): ["sql a", "sql b c"],
    ("mysql", "a `;` b"): ["sql a `;` b"],
    ("sqlite3", "a [;] b"): ["sql a [;] b"],
    ("sqlite3", "a;\n.b c\nd"): ["sql a", "command .b c", "sql d"],
    ("sqlite3", "a\n.b"): ["sql a\n.b"],
    ("snowsql", "a // ; b\n; c"): ["sql a", "sql c"],
    ("sqlcmd", "!!a"): ["command !!a"],
}


@pytest.mark.parametrize(("client", "text"), TABLE)
def test_cut(client: str, text: str) -> None:
    found = [(kind, re.sub(" +", " ", piece).strip()) for kind, piece in cut(text, CLIENTS[client])]
    assert [f"{kind} {piece}" for kind, piece in found if piece] == TABLE[client, text]


@pytest.mark.parametrize("text", ["'a", '"a', "$$a", "$a$b$$", "/* a", "/* /* a */", ":a", "a{{b", "'\\''", "'''"])
def test_what_does_not_end_or_is_replaced_is_refused(text: str) -> None:
    with pytest.raises(UnreadableError):
        list(cut(text, CLIENTS["psql"]))


def test_a_marked_comment_of_mysql_is_one_to_an_older_server() -> None:
    assert [piece.strip() for _, piece in cut("a /*!50000 ; b */", CLIENTS["mysql"], conditional=False)] == ["a"]
