"""`leashd completion`: the script a shell sources to complete commands and options."""

from __future__ import annotations

import click
from click.shell_completion import get_completion_class


@click.command()
@click.argument("shell", metavar="SHELL", type=click.Choice(["bash", "zsh", "fish"]))
@click.pass_context
def completion(ctx: click.Context, shell: str) -> None:
    """Print the completion script for SHELL.

    \b
    bash:  leashd completion bash > ~/.local/share/bash-completion/completions/leashd
    zsh:   leashd completion zsh > "${fpath[1]}/_leashd"
    fish:  leashd completion fish > ~/.config/fish/completions/leashd.fish
    """
    kind = get_completion_class(shell)
    if kind is None:
        raise click.UsageError(f"no completion for {shell}")
    click.echo(kind(ctx.find_root().command, {}, "leashd", "_LEASHD_COMPLETE").source())
