"""A small client of the YAML language server: a file in, the places that it reports out."""

import json
import subprocess
from pathlib import Path
from typing import Any


class LanguageServer:
    """The server as a process of its own, spoken to over its standard input and output."""

    def __init__(self, program: Path) -> None:
        command = ["node", str(program), "--stdio"]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.number = 0
        self._ask("initialize", {"processId": None, "rootUri": None, "capabilities": {}})
        self._tell("initialized", {})
        yaml = {"validate": True, "schemaStore": {"enable": False}, "yamlVersion": "1.2"}
        self._tell("workspace/didChangeConfiguration", {"settings": {"yaml": yaml}})

    def places(self, path: Path) -> list[tuple[int, int, str]]:
        """Open PATH and return what the server reports as (line, column, message), from 1."""
        uri = path.resolve().as_uri()
        document = {"uri": uri, "languageId": "yaml", "version": 1, "text": path.read_text(encoding="utf-8")}
        self._tell("textDocument/didOpen", {"textDocument": document})
        while True:
            message = self._hear()
            if message.get("method") == "textDocument/publishDiagnostics" and message["params"]["uri"] == uri:
                found = message["params"]["diagnostics"]
                break
        self._tell("textDocument/didClose", {"textDocument": {"uri": uri}})
        starts = [(line["range"]["start"], line["message"]) for line in found]
        return sorted((start["line"] + 1, start["character"] + 1, text) for start, text in starts)

    def close(self) -> None:
        """End the process."""
        self._ask("shutdown", None)
        self._tell("exit", None)
        self.process.communicate()

    def _ask(self, method: str, params: object) -> dict[str, Any]:
        self.number += 1
        self._send({"jsonrpc": "2.0", "id": self.number, "method": method, "params": params})
        while (answer := self._hear()).get("id") != self.number or "method" in answer:
            pass
        return answer

    def _tell(self, method: str, params: object) -> None:
        self._send({"jsonrpc": "2.0", "method": method, "params": params})

    def _send(self, message: dict[str, Any]) -> None:
        body = json.dumps(message).encode()
        assert self.process.stdin is not None
        self.process.stdin.write(b"Content-Length: %d\r\n\r\n" % len(body) + body)
        self.process.stdin.flush()

    def _hear(self) -> dict[str, Any]:
        """Take the next message; what the server asks of an editor is answered with nothing."""
        assert self.process.stdout is not None
        size = 0
        while (line := self.process.stdout.readline().strip()) != b"":
            name, _, value = line.partition(b":")
            size = int(value) if name.lower() == b"content-length" else size
        assert size, "the server ended"
        message: dict[str, Any] = json.loads(self.process.stdout.read(size))
        if "id" in message and "method" in message:
            items = message.get("params", {}).get("items", []) if message["method"] == "workspace/configuration" else []
            result: object = [None for _ in items] if items else None
            self._send({"jsonrpc": "2.0", "id": message["id"], "result": result})
        return message
