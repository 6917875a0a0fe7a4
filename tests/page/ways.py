"""The ways out that a document has beside fetches and sockets, and a stranger who listens for them.

Rules of this room: the names of `WAYS` are the rows of the table in docs/en/maintainers/hosting.md,
word for word. Each way is tried as an attacker's script in the checker's document would try it. The
stranger answers everything with "no content", so that the document that tried stays where it is.
"""

import socket
import socketserver
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event, Thread

WAYS = {
    "The page moves to another address": "location.href = url",
    "A `<meta>` moves the page": "add('meta', { httpEquiv: 'refresh', content: `0;url=${url}` })",
    "A script clicks a link": "add('a', { href: url }).click()",
    "A script clicks a link to a new window": ("add('a', { href: url, target: '_blank' }).click()"),
    "A script clicks a link that saves a file": "add('a', { href: url, download: 'any' }).click()",
    "A script opens a window": "open(url)",
    "A script opens an empty window, then moves it": "open('about:blank').location = url",
    "WebRTC asks a STUN server": "await call(`stun:${host}`)",
    "WebRTC goes through a TURN server": "await call(`turn:${host}?transport=tcp`)",
    "A text file of the site, in a window, fetches": "await through('robots.txt')",
    "A script file of the site, in a window, fetches": "await through('checker/vault.js')",
    "An empty window fetches": "await open('').fetch(url, { mode: 'no-cors' })",
    "A form is sent": "add('form', { method: 'post', action: url }).submit()",
    "A form is sent to a new window": (
        "add('form', { method: 'post', action: url, target: '_blank' }).submit()"
    ),
    "A page is fetched ahead (`prefetch`)": "add('link', { rel: 'prefetch', href: url })",
    "A click tells another address (`ping`)": "add('a', { href: '#', ping: url }).click()",
}
NOTHING, CONNECTS, ARRIVES = "nothing", "connects", "arrives"
"""What a stranger hears: not even a connection; one that stays silent, since a browser may make it
before it asks the policy; words."""
NOT_SHOWN = "not shown"
"""Such a browser does not go this way in a test even where nothing is sealed."""

LONG_ENOUGH = 0.7  # seconds to wait for what does not come
AT_MOST = 10  # seconds to wait for what does

TRY = """async ({ url, host, site }) => {
  const add = (tag, given) => {
    const it = Object.assign(document.createElement(tag), given);
    document.body.append(it);
    return it;
  };
  const call = async (urls) => {
    const server = { urls, username: "any", credential: "any" };
    const peer = new RTCPeerConnection({ iceServers: [server] });
    peer.createDataChannel("any");
    await peer.setLocalDescription(await peer.createOffer());
  };
  const after = (milliseconds) => new Promise((done) => setTimeout(done, milliseconds));
  const through = async (file) => {
    const other = open(site + file);
    while (other.location.href !== site + file || other.document.readyState !== "complete")
      await after(50);
    await other.fetch(url, { mode: "no-cors" });
  };
  const tried = (async () => { %s })().then(() => "done", String);
  return Promise.race([tried, after(1500).then(() => "still trying")]);
}"""


@dataclass(frozen=True, kw_only=True)
class Stranger:
    """Somebody else's server on loopback, for TCP and UDP at one port; what it was told."""

    port: int
    connected: Event = field(default_factory=Event)
    addressed: Event = field(default_factory=Event)

    def heard(self, awaited: str = NOTHING) -> str:
        """What was heard; where words are awaited, as long as a busy machine may need."""
        if self.addressed.wait(AT_MOST if awaited == ARRIVES else LONG_ENOUGH):
            return ARRIVES
        return CONNECTS if self.connected.is_set() else NOTHING

    def given(self, site: str) -> dict[str, str]:
        """The argument of `TRY`."""
        host = f"127.0.0.1:{self.port}"
        return {"url": f"http://{host}/", "host": host, "site": site}


@contextmanager
def stranger() -> Iterator[Stranger]:
    class Ears(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            someone.connected.set()
            if self.request.recv(65536):
                someone.addressed.set()
                self.request.sendall(b"HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n")

    with (
        socketserver.ThreadingTCPServer(("127.0.0.1", 0), Ears) as streams,
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as datagrams,
    ):
        streams.daemon_threads = True
        streams.block_on_close = False
        someone = Stranger(port=streams.server_address[1])
        datagrams.bind(("127.0.0.1", someone.port))

        def listen() -> None:
            datagrams.recv(65536)
            someone.addressed.set()

        Thread(target=listen, daemon=True).start()
        running = Thread(target=streams.serve_forever, args=(0.05,))
        running.start()
        try:
            yield someone
        finally:
            datagrams.sendto(b"that was all", ("127.0.0.1", someone.port))
            streams.shutdown()
            running.join()


HOSTING = Path(__file__).resolve().parents[2] / "docs/en/maintainers/hosting.md"


def documented() -> dict[str, dict[str, str]]:
    """The tables in the docs: by column what is heard of each way."""
    lines = HOSTING.read_text().partition("{#ways-out}")[2].partition("\n## ")[0].splitlines()
    rows = [line.strip("| ").split(" | ") for line in lines if line.startswith("| ")]
    told: dict[str, dict[str, str]] = {}
    columns: list[str] = []
    for first, *cells in rows:
        if first not in WAYS:
            columns = cells
            continue
        for column, cell in zip(columns, cells, strict=True):
            told.setdefault(column, {})[first] = cell
    return told
