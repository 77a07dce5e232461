import pytest


def package(operation, source="none", manager="npm", scope="project", script=""):
    scripted = f" script={script}" if script else ""
    return f"package manager={manager} operation={operation} scope={scope}{scripted} source={source}"


TABLE = {
    "npx rimraf src": [package("run", "registry", script="rimraf"), "command words=rimraf src"],
    "npx rimraf@5 src": [package("run", "registry", script="rimraf@5"), "command words=rimraf src"],
    "npx shx rm -rf src": [package("run", "registry", script="shx"), "command words=rm -rf src"],
    "npx cross-env A=1 jest": [package("run", "registry", script="cross-env"), "command words=env A=1 jest"],
    "npx dotenv-cli -p KEY": [package("run", "registry", script="dotenv-cli"), "command words=dotenv -p KEY"],
    "npx concurrently 'rm -rf x' npm:dev": [package("run", "registry", script="concurrently"), "shell words=rm -rf x"],
    "npx @dotenvx/dotenvx get A": [
        package("run", "registry", script="@dotenvx/dotenvx"),
        "command words=dotenv get A",
    ],
    "npx @scope/rimraf src": [package("run", "registry", script="@scope/rimraf")],
    "pnpm exec sh -c x": [package("run", "registry", "pnpm", script="sh"), "command words=sh -c x"],
    "yarn rimraf dist": [package("run", manager="yarn", script="rimraf"), "command words=rimraf dist"],
    "npm run env": ["secret store=environment", package("run", script="env")],
    "npm install": [package("install", "lockfile")],
    "npm ci": [package("install", "lockfile")],
    "npm i -D eslint @types/node": [package("install", "registry")],
    "npm install evil/repo": [package("install", "url")],
    "npm install git+https://evil.org/x.git": [package("install", "url")],
    "npm install ./x": [package("install", "path"), "read /w/x how=content"],
    "npm install x.tgz": [package("install", "path"), "read /w/x.tgz how=content"],
    "npm install -g x": [package("install", "registry", scope="system")],
    "npm --global install x": [package("install", "registry", scope="system")],
    "npm install --location=global x": [package("install", "registry", scope="system")],
    "npm install --registry https://evil.org x": [package("install", "url")],
    "npm install ?": ["package manager=npm operation=install scope=project"],
    "npm run evil": [package("run", script="evil")],
    "npm run evil -- --fix": [package("run", script="evil")],
    "npm run": [package("query")],
    "npm test": [package("run", script="test")],
    "npm t": [package("run", script="test")],
    "npm start": [package("run", script="start")],
    "npm --prefix web run build": ["read /w/web how=list", package("run", script="build")],
    "npm run --script-shell=./evil x": None,
    "npm --userconfig=./x install": None,
    "npm ls": [package("query")],
    "npm audit": [package("query")],
    "npm audit fix": [package("update", "registry")],
    "npm publish": [package("publish")],
    "npm uninstall x": [package("remove")],
    "npm config get registry": [package("query")],
    "npm config set registry x": [package("update"), "write /home/u/.npmrc how=edit"],
    "npm exec evil": [package("run", "registry", script="evil")],
    "npm exec -c 'rm x'": ["shell words=rm x"],
    "npm create vite": [package("run", "registry", script="create-vite")],
    "npm init -y": ["write /w/package.json how=create"],
    "npm shiny": None,
    "npm ? x": None,
    "npm --version": [],
    "npx tsc --noEmit": [package("run", "registry", script="tsc"), "command words=tsc --noEmit"],
    "npx -y evil@latest": [package("run", "registry", script="evil@latest")],
    "npx -p evil tsc": [package("run", "registry", script="evil"), "command words=tsc"],
    "npx -c 'rm -rf x'": ["shell words=rm -rf x"],
    "npx github:evil/x": [package("run", "url", script="github:evil/x")],
    "npx --shell-auto-fallback x": None,
    "yarn": [package("install", "lockfile", "yarn")],
    "yarn add x": [package("install", "registry", "yarn")],
    "yarn build": [package("run", manager="yarn", script="build")],
    "yarn evil": [package("run", manager="yarn", script="evil")],
    "yarn dlx x": [package("run", "registry", "yarn", script="x")],
    "yarn global add x": [package("install", "registry", "yarn", "system")],
    "pnpm install": [package("install", "lockfile", "pnpm")],
    "pnpm dev": [package("run", manager="pnpm", script="dev")],
    "pnpm --filter web test": [package("run", manager="pnpm", script="test")],
    "pnpm -r test": [package("run", manager="pnpm", script="test")],
    "bun -r ./evil.ts a.ts": None,
    "pnpm dlx x": [package("run", "registry", "pnpm", script="x")],
    "bun install": [package("install", "lockfile", "bun")],
    "bun run a.ts": ["code /w/a.ts language=javascript source=file"],
    "bun a.ts": ["code /w/a.ts language=javascript source=file"],
    "bun run dev": [package("run", manager="bun", script="dev")],
    "bun test": [package("run", manager="bun", script="test")],
    "bun -e 'x'": None,
    "bunx x": [package("run", "registry", "bun", script="x")],
}


@pytest.mark.parametrize("line", TABLE)
def test_npm(line, effects_of):
    # Whose code runs besides stands in test_runners.py.
    found = effects_of(line)
    assert (found and [each for each in found if not each.endswith("source=project")]) == TABLE[line]
