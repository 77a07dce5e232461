"""The security checklist of people's door, line by line, on real sockets."""

import asyncio
import dis
import os
import re
import socket
import stat
from typing import Any

import httpx
import pytest
from leashd_supervisor.server import peer_uid, split
from leashd_supervisor.web import auth
from leashd_supervisor.web.guard import LIMIT
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from tests.leashd_supervisor.web.door import PUBLIC, Door

#: One address of each kind.
PATHS = ("/", "/a/x", "/static/app.js", "/sw.js", "/healthz", "/api/me", "/api/state", "/api/events", "/nowhere")
#: What changes something.
UNSAFE = (
    ("POST", "/api/login", {"key": "x"}),
    ("POST", "/api/logout", {}),
    ("POST", "/api/pair", {}),
    ("DELETE", "/api/devices/x", None),
    ("PUT", "/api/settings", {"theme": "dark"}),
    ("POST", "/api/approvals/x/answer", {"allow": True, "digest": "d"}),
    ("POST", "/api/approvals/allow", {"approvals": []}),
    ("DELETE", "/api/grants/x", None),
    ("POST", "/api/policy/test", {"command": "ls"}),
)


class TestHostAllowList:
    """Host allow-list on every request including streams and static files."""

    @pytest.mark.parametrize(
        "host",
        [
            "evil.com",
            "evil.com:{port}",
            "localhost.evil.com:{port}",
            "127.0.0.1.evil.com:{port}",
            "127.0.0.1.:{port}",
            "127.0.0.1",
            "localhost",
            "127.0.0.1:1",
            "127.1:{port}",
            "2130706433:{port}",
            "0.0.0.0:{port}",
            "[::ffff:127.0.0.1]:{port}",
            "user@127.0.0.1:{port}",
            f"x.{PUBLIC}",
            f"{PUBLIC}.",
            f"{PUBLIC}:{{port}}",
        ],
    )
    def test_a_foreign_name_leads_nowhere(self, door: Door, owner: httpx.Client, host: str) -> None:
        del owner.headers["Origin"]  # a browser that was led astray sends none with what it reads
        for path in PATHS:
            answer = owner.get(path, headers={"Host": host.format(port=door.port)})
            told = (answer.status_code, answer.json().get("error"))
            assert (path, *told) == (path, 403, "this name does not lead here")

    @pytest.mark.parametrize(
        "host", ["127.0.0.1:{port}", "localhost:{port}", "LocalHost:{port}", "[::1]:{port}", PUBLIC]
    )
    def test_our_own_names_do(self, door: Door, host: str) -> None:
        assert httpx.get(door.url + "/healthz", headers={"Host": host.format(port=door.port)}).json() == {"ok": True}

    @pytest.mark.parametrize(
        "head",
        [
            b"GET /healthz HTTP/1.0\r\n\r\n",
            b"GET /healthz HTTP/1.1\r\n\r\n",
            b"GET /healthz HTTP/1.1\r\nHost:\r\n\r\n",
            b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nHost: evil.com\r\n\r\n",
            b"GET http://127.0.0.1:%d/healthz HTTP/1.1\r\nHost: evil.com\r\n\r\n",
        ],
    )
    def test_a_request_without_one_clear_name_leads_nowhere(self, door: Door, head: bytes) -> None:
        answer = door.raw(head % door.port if b"%d" in head else head)
        assert answer.split(b" ")[1] in (b"400", b"403")


class TestOrigin:
    """Origin required on unsafe methods and on streams."""

    @pytest.mark.parametrize(
        "origin",
        [None, "null", "https://evil.com", "http://127.0.0.1", "http://localhost:{port}", "https://127.0.0.1:{port}"],
    )
    def test_what_changes_something_comes_from_the_page(
        self, door: Door, owner: httpx.Client, origin: "str | None"
    ) -> None:
        del owner.headers["Origin"]
        headers = {"Origin": origin.format(port=door.port)} if origin else {}
        for method, path, body in UNSAFE:
            answer = owner.request(method, path, json=body, headers=headers)
            assert (path, answer.status_code, answer.headers.get("set-cookie")) == (path, 403, None)

    @pytest.mark.parametrize("headers", [{}, {"Origin": "https://evil.com"}, {"Sec-Fetch-Site": "cross-site"}])
    def test_a_stream_is_for_the_page(self, owner: httpx.Client, headers: "dict[str, str]") -> None:
        del owner.headers["Origin"]
        assert owner.get("/api/events", headers=headers).status_code == 403

    def test_a_stream_of_the_page_names_its_site_instead(self, owner: httpx.Client) -> None:
        del owner.headers["Origin"]
        with owner.stream("GET", "/api/events", headers={"Sec-Fetch-Site": "same-origin"}) as answer:
            assert answer.status_code == 200


class TestCrossSiteRequests:
    """Sec-Fetch-Site in {same-origin, none}, else Origin == Host; GETs have no side effects; JSON only."""

    @pytest.mark.parametrize("site", ["cross-site", "same-site", "", "SAME-ORIGIN", "same-origin, none"])
    def test_no_other_site_reads(self, owner: httpx.Client, site: str) -> None:
        for path in ("/api/me", "/api/state", "/api/approvals", "/api/grants", "/api/policy", "/metrics"):
            assert (path, owner.get(path, headers={"Sec-Fetch-Site": site}).status_code) == (path, 403)

    def test_every_site_that_a_request_names_counts(self, owner: httpx.Client) -> None:
        sites = [*owner.headers.multi_items(), ("Sec-Fetch-Site", "same-origin"), ("Sec-Fetch-Site", "cross-site")]
        assert owner.get("/api/me", headers=sites).status_code == 403

    @pytest.mark.parametrize("site", ["cross-site", "same-site"])
    def test_no_other_site_changes_anything(self, owner: httpx.Client, site: str) -> None:
        for method, path, body in UNSAFE:
            answer = owner.request(method, path, json=body, headers={"Sec-Fetch-Site": site})
            assert (path, answer.status_code) == (path, 403)

    @pytest.mark.parametrize("site", ["same-origin", "none"])
    def test_the_page_does(self, owner: httpx.Client, site: str) -> None:
        assert owner.put("/api/settings", json={"theme": "dark"}, headers={"Sec-Fetch-Site": site}).status_code == 200

    def test_a_browser_that_names_no_site_is_told_by_its_origin(self, owner: httpx.Client) -> None:
        assert owner.put("/api/settings", json={"theme": "light"}).status_code == 200

    def test_a_get_changes_nothing(self, owner: httpx.Client) -> None:
        before = owner.get("/api/me").json()
        for _, path, body in UNSAFE:
            assert owner.get(path, params=body).status_code in (200, 404, 405)
        assert owner.get("/api/me").json() == before

    @pytest.mark.parametrize(
        "kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "", "text/json"]
    )
    def test_only_json_is_taken(self, owner: httpx.Client, kind: str) -> None:
        answer = owner.put("/api/settings", content=b'{"theme": "dark"}', headers={"Content-Type": kind})
        assert answer.status_code == 415

    @pytest.mark.parametrize("path", ["/", "/a/abc"])
    def test_a_link_from_elsewhere_opens_the_shell(self, stranger: httpx.Client, path: str) -> None:
        del stranger.headers["Origin"]
        answer = stranger.get(path, headers={"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate"})
        assert answer.status_code == 200


class TestCookies:
    """`__Host-sid; Secure; HttpOnly; SameSite=Strict; Path=/` on https; plain `sid` on loopback."""

    def test_on_loopback(self, door: Door, stranger: httpx.Client) -> None:
        line = stranger.post("/api/login", json={"key": door.key}).headers["set-cookie"]
        assert re.fullmatch(r"sid=[\w-]{43}; Path=/; HttpOnly; SameSite=Strict; Max-Age=\d+", line)

    def test_behind_a_tunnel(self, door: Door, stranger: httpx.Client) -> None:
        headers = {"Host": PUBLIC, "Origin": f"https://{PUBLIC}"}
        line = stranger.post("/api/login", json={"key": door.key}, headers=headers).headers["set-cookie"]
        assert re.fullmatch(r"__Host-sid=[\w-]{43}; Path=/; HttpOnly; SameSite=Strict; Max-Age=\d+; Secure", line)
        session = line.partition(";")[0]
        stranger.cookies.clear()
        assert stranger.get("/api/me", headers={**headers, "Cookie": session}).status_code == 200
        assert (
            stranger.get("/api/me", headers={**headers, "Cookie": session.removeprefix("__Host-")}).status_code == 401
        )

    def test_a_login_makes_a_new_session_and_ends_the_old(self, door: Door, stranger: httpx.Client) -> None:
        stranger.post("/api/login", json={"key": door.key})
        before = stranger.cookies["sid"]
        stranger.post("/api/login", json={"key": door.key})
        assert stranger.cookies["sid"] != before
        stranger.cookies.clear()
        assert stranger.get("/api/me", headers={"Cookie": f"sid={before}"}).status_code == 401

    def test_a_session_that_somebody_else_has_set_is_none(self, door: Door) -> None:
        with door.stranger() as client:
            client.post("/api/login", json={"key": door.key}, headers={"Cookie": "sid=" + "a" * 43})
            client.cookies.clear()
            assert client.get("/api/me", headers={"Cookie": "sid=" + "a" * 43}).status_code == 401

    def test_a_cookie_of_another_program_does_not_hide_ours(self, stranger: httpx.Client, session: str) -> None:
        """A cookie holds for every port; one for each part of a path stands before ours."""
        cookies = {"Cookie": f"{'sid=other; ' * 10}theme=x; sid={session}"}
        assert stranger.get("/api/me", headers=cookies).status_code == 200

    def test_logging_out_ends_the_session(self, door: Door, stranger: httpx.Client) -> None:
        stranger.post("/api/login", json={"key": door.key})
        own = stranger.cookies["sid"]
        assert "Max-Age=0" in stranger.post("/api/logout").headers["set-cookie"]
        assert stranger.get("/api/me", headers={"Cookie": f"sid={own}"}).status_code == 401


class TestNoTokenInAUrl:
    """Never a token in a URL; a pairing code in the fragment, once, for 60 s."""

    @pytest.mark.parametrize("name", ["sid", "key", "token", "session", "code"])
    def test_a_query_lets_nobody_in(self, door: Door, session: str, stranger: httpx.Client, name: str) -> None:
        for secret in (door.key, session):
            assert stranger.get("/api/me", params={name: secret}).status_code == 401

    @pytest.mark.parametrize("path", ["/api/me", "/api/agents", "/api/events", "/api/audit"])
    def test_a_key_in_a_header_is_for_figures_alone(self, door: Door, stranger: httpx.Client, path: str) -> None:
        assert stranger.get(path, headers={"Authorization": f"Bearer {door.key}"}).status_code == 401

    def test_figures_need_the_key_or_a_session(self, door: Door, stranger: httpx.Client, owner: httpx.Client) -> None:
        assert stranger.get("/metrics").status_code == 401
        assert stranger.get("/metrics", headers={"Authorization": "Bearer x"}).status_code == 401
        assert stranger.get("/metrics", headers={"Authorization": f"Bearer {door.key}"}).status_code == 200
        assert owner.get("/metrics").status_code == 200

    def test_a_code_lets_one_device_in_once(self, owner: httpx.Client, door: Door) -> None:
        made = owner.post("/api/pair").json()
        assert made["url"] == f"https://{PUBLIC}/#pair={made['code']}"
        assert made["qr_svg"].startswith("<svg")
        with door.stranger() as first, door.stranger() as second:
            assert first.post("/api/login", json={"code": made["code"]}).status_code == 204
            assert first.get("/api/me").status_code == 200
            assert second.post("/api/login", json={"code": made["code"]}).status_code == 401

    def test_a_code_is_typed_as_people_type(self, owner: httpx.Client, stranger: httpx.Client) -> None:
        code = owner.post("/api/pair").json()["code"].lower()
        typed = f"{code[:4]}-{code[4:8]} {code[8:]}"
        assert stranger.post("/api/login", json={"code": typed}).status_code == 204


class TestSecrets:
    """Compared in constant time; a key of at least 160 bits; only hashes at rest."""

    @pytest.mark.parametrize("function", [auth.is_key])
    def test_secrets_are_compared_by_compare_digest(self, function: Any) -> None:
        assert "compare_digest" in function.__code__.co_names
        assert "COMPARE_OP" not in {one.opname for one in dis.get_instructions(function)}

    def test_the_key_is_long_and_by_chance(self, door: Door) -> None:
        assert auth.KEY_BYTES * 8 >= 160
        assert len(set(door.key.removeprefix("leashd-"))) > 20

    def test_the_database_holds_neither_key_nor_session_nor_code(
        self, door: Door, owner: httpx.Client, session: str
    ) -> None:
        code = owner.post("/api/pair").json()["code"]
        found = b"".join(path.read_bytes() for path in door.state.rglob("*") if path.is_file())
        for secret in (door.key, door.key.removeprefix("leashd-"), session, code):
            assert secret.encode() not in found

    def test_the_database_is_for_its_user_alone(self, door: Door) -> None:
        for path in door.state.glob("supervisor.db*"):
            assert stat.S_IMODE(path.stat().st_mode) == 0o600


class TestHeaders:
    """The content security policy and the other headers, on every answer."""

    @pytest.mark.parametrize("path", [*PATHS, "/metrics", "/static/nothing", "/api/nothing"])
    @pytest.mark.parametrize("who", ["stranger", "owner", "foreign"])
    def test_every_answer_has_them(self, door: Door, owner: httpx.Client, who: str, path: str) -> None:
        headers = {"owner": {}, "stranger": {"Cookie": ""}, "foreign": {"Host": "evil.com"}}[who]
        with owner.stream("GET", path, headers=headers) as answer:
            assert answer.headers["content-security-policy"] == (
                "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self';"
                " manifest-src 'self'; worker-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none';"
                " require-trusted-types-for 'script'"
            )
            assert answer.headers["x-content-type-options"] == "nosniff"
            assert answer.headers["cross-origin-opener-policy"] == "same-origin"
            assert answer.headers["cross-origin-resource-policy"] == "same-origin"
            assert answer.headers["referrer-policy"] == "no-referrer"
            assert answer.headers["x-frame-options"] == "DENY"
            assert "camera=()" in answer.headers["permissions-policy"]
            assert "access-control-allow-origin" not in answer.headers
            if path.startswith("/api/"):
                assert answer.headers["cache-control"] == "no-store"

    def test_the_shell_has_no_script_of_its_own(self, stranger: httpx.Client) -> None:
        shell = stranger.get("/").text
        assert re.findall(r"<script(?![^>]*\bsrc=)", shell) == []
        assert re.findall(r"\b(?:style|on\w+)=", shell) == []
        assert "//" not in re.sub(r"<!--.*?-->", "", shell)


class TestUnixSocket:
    """The hooks' socket is 0600 in a 0700 directory."""

    def test_only_the_user_reaches_it(self, door: Door) -> None:
        run = door.state / "run"
        assert stat.S_IMODE(run.stat().st_mode) == 0o700
        assert stat.S_IMODE((run / "hook.sock").stat().st_mode) == 0o600
        assert stat.S_IMODE((run / "supervisor.json").stat().st_mode) == 0o600

    def test_the_kernel_says_who_is_at_the_other_end(self) -> None:
        one, other = socket.socketpair(socket.AF_UNIX)
        with one, other:
            assert peer_uid(one) == os.getuid()

    @pytest.mark.parametrize("name", ["X-Forwarded-For", "X-Forwarded-Host", "Forwarded"])
    def test_a_header_leads_nobody_there(self, stranger: httpx.Client, name: str) -> None:
        assert stranger.get("/health", headers={name: "for=uid" if name == "Forwarded" else "uid"}).status_code == 401

    @pytest.mark.parametrize(
        ("client", "led"),
        [
            (("uid", os.getuid()), "hooks"),
            (("uid", 0), "hooks"),
            (("uid", os.getuid() + 1), ""),
            (("127.0.0.1", os.getuid()), "people"),
        ],
    )
    def test_another_user_is_led_nowhere(self, client: "tuple[str, int]", led: str) -> None:
        told: list[str] = []
        statuses: list[int] = []

        def door(name: str) -> ASGIApp:
            async def app(scope: Scope, receive: Receive, send: Send) -> None:
                told.append(name)

            return app

        async def send(message: Message) -> None:
            statuses.append(message.get("status", 0))

        async def receive() -> Message:
            return {"type": "http.disconnect"}

        asyncio.run(split(door("hooks"), door("people"))({"type": "http", "client": client}, receive, send))
        assert (told, statuses[:1]) == (([led], []) if led else ([], [403]))


class TestFiles:
    """No file but those of the page is served."""

    @pytest.mark.parametrize(
        "path",
        [
            "/static/../routes.py",
            "/static/..%2froutes.py",
            "/static/%2e%2e/routes.py",
            "/static/....//routes.py",
            "/static//etc/passwd",
            "/static/%2fetc%2fpasswd",
            "/static/",
            "/static/icons",
            "/static/\x00app.js",
            "/static/app.js%00",
            "/static/..\\routes.py",
            "/static",
        ],
    )
    def test_a_path_does_not_leave_the_page(self, door: Door, path: str) -> None:
        head = f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{door.port}\r\nConnection: close\r\n\r\n"
        answer = door.raw(head.encode())
        assert answer.split(b" ")[1] in (b"400", b"401", b"404")
        assert b"root:" not in answer
        assert b"import" not in answer

    def test_what_the_shell_names_is_kept_for_ever(self, stranger: httpx.Client) -> None:
        names = re.findall(r'"(/static/[^"]+)"', stranger.get("/").text)
        assert names
        for name in names:
            answer = stranger.get(name)
            assert (answer.status_code, "immutable" in answer.headers["cache-control"]) == (200, True)
            again = stranger.get(name, headers={"If-None-Match": answer.headers["etag"]})
            assert (again.status_code, again.content) == (304, b"")


class TestBodies:
    """Oversized and malformed bodies are refused."""

    @pytest.mark.parametrize(
        "body",
        [
            b"",
            b"{",
            b"[]",
            b"null",
            b"7",
            b'"text"',
            b"\xff\xfe",
            b'{"key": NaN}',
            b'{"key": "\\ud800"}',
            b'{"a": ' + b"[" * 100_000 + b"]" * 100_000 + b"}",
            b'{"a": 1' + b"0" * 5000 + b"}",
            b'{"key": 5}',
            b'{"key": null}',
            b'{"key": ["a"]}',
            b'{"key": {"$ne": 1}}',
            b'{"code": true}',
            b'{"key": "a", "code": "b"}',
            b'{"key": "' + b"a" * 501 + b'"}',
        ],
    )
    @pytest.mark.parametrize(
        "path", ["/api/login", "/api/approvals/x/answer", "/api/approvals/allow", "/api/policy/test"]
    )
    def test_a_malformed_body_is_the_senders_fault(self, owner: httpx.Client, path: str, body: bytes) -> None:
        answer = owner.post(path, content=body, headers={"Content-Type": "application/json"})
        assert answer.status_code in (400, 404)
        assert answer.json()["error"]

    @pytest.mark.parametrize("path", ["/api/login", "/api/pair", "/api/settings", "/api/nothing", "/"])
    def test_too_much_is_not_read(self, door: Door, path: str) -> None:
        head = f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1:{door.port}\r\nOrigin: {door.url}\r\n"
        kind = "Content-Type: application/json\r\n"
        declared = door.raw(f"{head}{kind}Content-Length: {LIMIT + 1}\r\n\r\n".encode())
        assert declared.split(b" ")[1] == b"413"

    def test_too_much_without_a_length_is_not_read_on(self, door: Door, stranger: httpx.Client) -> None:
        def pieces() -> Any:
            for _ in range(LIMIT // 4096 + 16):
                yield b" " * 4096

        answer = stranger.post("/api/login", content=pieces(), headers={"Content-Type": "application/json"})
        assert answer.status_code == 413
