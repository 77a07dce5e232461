"""A tiny MCP server on standard input and output.  Its one tool, `leave_mark`, makes a file."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

TOOL = {
    "name": "leave_mark",
    "description": "Makes an empty file.",
    "inputSchema": {"type": "object", "properties": {"path": {"type": "string"}}, "required": ["path"]},
}


def result(method: str, parameters: dict[str, Any]) -> dict[str, Any]:
    """The result of one request."""
    if method == "initialize":
        version = parameters.get("protocolVersion", "2025-06-18")
        server = {"name": "tiny", "version": "1"}
        return {"protocolVersion": version, "capabilities": {"tools": {}}, "serverInfo": server}
    if method == "tools/list":
        return {"tools": [TOOL]}
    if method == "tools/call":
        Path(parameters["arguments"]["path"]).touch()
        return {"content": [{"type": "text", "text": "done"}]}
    return {}


def main() -> None:
    for line in sys.stdin:
        request = json.loads(line)
        if "id" in request:
            answer = {"jsonrpc": "2.0", "id": request["id"]}
            answer["result"] = result(request["method"], request.get("params") or {})
            print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
