"""A command that holds commands: helps in whole sentences, and knows what was probably meant."""

from __future__ import annotations

from collections.abc import Iterable

import click

from leashd_hooks.cli.failure import Failure

#: More than the longest sentence of help has.
_WHOLE = 500


class Group(click.Group):
    """A click group whose list of commands cuts no sentence short."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        if not args and self.no_args_is_help and not ctx.resilient_parsing:
            click.echo(ctx.get_help(), err=True)
            ctx.exit(1)
        return super().parse_args(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        named = [(name, self.get_command(ctx, name)) for name in self.list_commands(ctx)]
        with formatter.section("Commands"):
            formatter.write_dl([(name, _sentence(command)) for name, command in named if command is not None])

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        names = self.list_commands(ctx)
        if args and args[0] not in names and not args[0].startswith("-") and not ctx.resilient_parsing:
            raise unknown(ctx.command_path, args[0], names)
        return super().resolve_command(ctx, args)


def _sentence(command: click.Command) -> str:
    """The first sentence of a command's help, in the voice of the list."""
    text = command.get_short_help_str(_WHOLE).rstrip(".")
    return text[:1].lower() + text[1:]


def unknown(path: str, name: str, known: Iterable[str]) -> Failure:
    """The error for a command that is none, with what was probably meant."""
    from difflib import get_close_matches

    near = get_close_matches(name, list(known), n=1)
    hint = f"did you mean `{near[0]}`?" if near else f"`{path} --help` lists the commands"
    return Failure(f"`{name}` is not a command", hint)
