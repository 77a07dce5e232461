import pytest


def gh(verb, changes=False, destroys=False, system="gh"):
    changed = "changes" if changes else "changes=False"
    return f"control {changed} {'destroys' if destroys else 'destroys=False'} system={system} verb={verb}"


TABLE = {
    "gh pr list": [gh("pr list")],
    "gh pr view 3 --json title": [gh("pr view")],
    "gh -R a/b pr view": [gh("pr view")],
    "gh pr create --title x --body 'rm -rf /'": [gh("pr create", True)],
    "gh pr create --body-file .env": [gh("pr create", True), "read /w/.env how=content"],
    "gh pr merge 3 --admin": [gh("pr merge", True, True)],
    "gh repo delete x --yes": [gh("repo delete", True, True)],
    "gh release delete v1": [gh("release delete", True, True)],
    "gh release upload v1 .env": [gh("release upload", True), "read /w/.env how=content"],
    "gh secret set X": [gh("secret set", True)],
    "gh secret set -f .env": [gh("secret set", True), "read /w/.env how=content"],
    "gh auth status": [gh("auth status")],
    "gh auth token": [gh("auth token"), "secret store=cloud"],
    "gh auth status --show-token": [gh("auth status"), "secret store=cloud"],
    "gh auth login": [gh("auth login", True)],
    "gh api repos/a/b": [gh("api GET")],
    "gh config get git_protocol": [gh("config get")],
    "gh config get oauth_token": [gh("config get"), "secret store=cloud"],
    "gh repo sync --force": [gh("repo sync", True, True)],
    "gh api -X PATCH repos/a/b/git/refs/heads/m -F force=true": [
        gh("api PATCH", True),
        "git changes=remote destroys force=plain verb=push",
    ],
    "gh api -X DELETE repos/a/b": [gh("api DELETE", True, True)],
    "gh api repos/a/b -f name=x": [gh("api POST", True)],
    "gh api -XPATCH repos/a/b --input .env": [gh("api PATCH", True), "read /w/.env how=content"],
    "gh alias set x '!id'": None,
    "gh extension install evil/x": None,
    "gh evil": None,
    "gh ?": None,
    "glab mr list": [gh("mr list", system="glab")],
}


@pytest.mark.parametrize("line", TABLE)
def test_forge(line, effects_of):
    assert effects_of(line) == TABLE[line]
