"""What stands beside the words of a command: assignments and redirections."""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from leashd_hooks.shell.tree import Word


class Assign:
    """`name=value`, `name+=value`, `name[index]=value` or `name=(array)`; `value` and `array` are None when absent."""

    __slots__ = ("append", "array", "index", "name", "value")

    def __init__(
        self,
        name: str,
        value: "Word | None",
        append: bool = False,
        index: "Sequence[Word]" = (),
        array: "Sequence[Word] | None" = None,
    ) -> None:
        self.name = name
        self.value = value
        self.append = append
        self.index = index
        self.array = array


class Redirect:
    """`fd op target`; `fd` is text ("" when absent, `{name}` for a variable), `heredoc` the body of `<<`."""

    __slots__ = ("fd", "heredoc", "op", "target")

    def __init__(self, op: str, fd: str, target: "Word", heredoc: "Word | None" = None) -> None:
        self.op = op
        self.fd = fd
        self.target = target
        self.heredoc = heredoc
