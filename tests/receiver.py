"""An HTTP server that receives webhooks."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread


@dataclass
class Receiver:
    """Records requests. ``status`` is the status of its responses; they wait for ``answers``."""

    url: str = ""
    status: int = 200
    answers: Event = field(default_factory=Event)
    received: list[tuple[dict[str, str], bytes]] = field(default_factory=list)

    @property
    def kinds(self) -> list[str]:
        return [json.loads(body)["type"] for _, body in self.received]


@contextmanager
def listening() -> Iterator[Receiver]:
    receiver = Receiver()
    receiver.answers.set()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            receiver.received.append(
                ({name.lower(): value for name, value in self.headers.items()}, body)
            )
            receiver.answers.wait()
            self.send_response(receiver.status)
            self.end_headers()

        def log_message(self, *_: object) -> None: ...

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        receiver.url = f"http://127.0.0.1:{server.server_port}/hook"
        thread = Thread(target=server.serve_forever)
        thread.start()
        try:
            yield receiver
        finally:
            receiver.answers.set()
            server.shutdown()
            thread.join()
