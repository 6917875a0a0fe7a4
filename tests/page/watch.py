"""Everything that can be seen of a browser while a page is used, and afterwards on its disk.

Rule of this room: it keeps raw bytes, place by place, and knows nothing of what is searched in
them. It searches places by a list of names, so that a place that was never filled is noticed.
"""

import json
from collections import defaultdict
from pathlib import Path
from time import monotonic
from typing import Any

from playwright.sync_api import BrowserContext, ConsoleMessage, Download, Page, Request, Worker

from tests.exchange.standin import StandIn
from tests.page.checker import PARTS, clipboard
from tests.page.served import Heard

PLACES = [
    "requests",
    "what the site was sent",
    "what the exchange was sent",
    "messages to and from the workers",
    "messages to and from Python",
    "document",
    "every change of the document",
    "field values",
    "address and title",
    "storage",
    "console",
    "downloads",
    "clipboard",
    "memory of Python",
    "objects of the workers",
    "objects of the page",
    "log of the network",
    "profile on the disk",
]

RECORDING = """
const kept = [];
const written = (key, value) => {
  if (value instanceof CryptoKey) return "a CryptoKey";
  if (value instanceof WebAssembly.Module || value?.byteLength > 1e5) return "a runtime file";
  if (value?.byteLength === undefined) return value;
  return Array.from(new Uint8Array(value.buffer ?? value));
};
const python = [];
const keep = (list, data) => list.push(JSON.stringify(data, written));
window.Worker = class extends Worker {
  constructor(...given) {
    super(...given);
    recorded.worker ??= this;
    super.addEventListener("message", ({ data }) => keep(kept, data));
  }
  postMessage(...given) {
    keep(kept, given[0]);
    super.postMessage(...given);
  }
};
window.MessageChannel = class extends MessageChannel {
  constructor() {
    super();
    const { port1 } = this;
    const { postMessage } = port1;
    port1.addEventListener("message", ({ data }) => keep(python, data));
    port1.postMessage = (data, ...more) => {
      keep(python, data);
      postMessage.call(port1, data, ...more);
    };
  }
};
const changes = [];
const told = ({ type, target, attributeName, addedNodes }) => {
  if (type === "attributes") return target.getAttribute(attributeName);
  if (type === "characterData") return target.data;
  return [...addedNodes].map((node) => node.outerHTML ?? node.data).join();
};
const all = { subtree: true, childList: true, attributes: true, characterData: true };
new MutationObserver((records) => changes.push(...records.map(told))).observe(document, all);
window.recorded = { kept, python, changes };
"""

LOOK = """async () => {
  const read = (request) => new Promise((done) => {
    request.onsuccess = () => done(request.result);
  });
  const stored = [];
  for (const { name } of await indexedDB.databases()) {
    const base = await read(indexedDB.open(name));
    for (const store of base.objectStoreNames)
      stored.push(name, store, await read(base.transaction(store).objectStore(store).getAll()));
  }
  for (const name of await caches.keys())
    for (const request of await (await caches.open(name)).keys())
      stored.push(name, request.url, await (await caches.match(request)).text());
  const fields = document.querySelectorAll("input, textarea, select, output");
  return {
    "messages to and from the workers": recorded.kept.join("\\n"),
    "messages to and from Python": recorded.python.join("\\n"),
    "every change of the document": recorded.changes.join("\\n"),
    document: document.documentElement.outerHTML,
    "field values": [...fields].map((field) => [field.value, field.defaultValue]),
    "address and title": [location.href, document.title, name, history.state],
    storage: [{ ...localStorage }, { ...sessionStorage }, document.cookie, stored],
  };
}"""

FIND_IN_HEAP = """(traces) => {
  const text = new TextDecoder("latin1").decode(pyodide._module.HEAPU8).toLowerCase();
  const plain = traces.map((trace) => trace.replace(/[^a-z0-9]/g, "\\\\$&"));
  return text.match(new RegExp(plain.join("|"), "g")) ?? [];
}"""


class Watch:
    """What was seen, by place."""

    def __init__(self, context: BrowserContext, exchange: StandIn, site: Heard) -> None:
        self.seen: defaultdict[str, list[bytes]] = defaultdict(list)
        self.complaints: list[str] = []
        self._exchange = exchange
        self._site = site
        self._context = context
        context.add_init_script(RECORDING)
        context.on("request", self._requested)
        context.on("console", self._told)
        context.on("weberror", lambda error: self.keep("console", str(error.error)))

    def keep(self, place: str, content: object) -> None:
        assert place in PLACES
        text = content if isinstance(content, str) else json.dumps(content, ensure_ascii=False)
        self.seen[place].append(text.encode())

    def look(self, page: Page) -> None:
        """Keep what the page and its storage hold now."""
        for place, content in page.evaluate(LOOK).items():
            self.keep(place, content)
        self.keep("document", page.locator("body").aria_snapshot())

    def take_download(self, download: Download) -> None:
        self.keep("downloads", f"{download.suggested_filename}\n{download.path().read_text()}")

    def look_at_clipboard(self) -> None:
        self.keep("clipboard", clipboard(self._context))

    def look_at_memory(self, worker: Worker, traces: frozenset[bytes]) -> None:
        """Keep which of the traces lie in Python's memory, all of it."""
        needles = [trace.decode("latin1") for trace in traces]
        self.keep("memory of Python", worker.evaluate(FIND_IN_HEAP, needles))

    def look_at_objects(self, page: Page) -> None:
        """Keep all that the page's and the worker's JavaScript can still reach."""
        for place, chunks in _snapshots(page).items():
            self.keep(place, "".join(chunks))

    def look_back(self, profile: Path, network: Path) -> None:
        """Keep what the servers heard and, the browser being closed, what it left on the disk."""
        self.complaints = list(self._exchange.violations)
        for heard in self._exchange.log:
            headers = "\n".join(f"{name}: {value}" for name, value in heard.headers.items())
            self.keep("what the exchange was sent", f"{heard.name}\n{headers}")
            self.seen["what the exchange was sent"].append(heard.body)
        self.keep("what the site was sent", "\n".join(self._site.requests))
        self.seen["log of the network"].append(network.read_bytes())
        files = [path for path in profile.rglob("*") if path.is_file()]
        self.keep("profile on the disk", "\n".join(map(str, files)))
        self.seen["profile on the disk"] += [path.read_bytes() for path in files]

    def _requested(self, request: Request) -> None:
        self.keep("requests", [request.url, request.method, request.headers])
        self.seen["requests"].append(request.post_data_buffer or b"")

    def _told(self, message: ConsoleMessage) -> None:
        self.keep("console", message.text)


LOOKING = 120  # seconds, after which a look into the workers has failed
SNAPSHOT = 2  # the number of the message that asks for one


def _snapshots(page: Page) -> dict[str, list[str]]:
    """The heap snapshots of a page and of its workers, which answer through the page's session.

    Python's worker is started by another: what is for it goes through that one's session.
    """
    chunks: dict[str, list[str]] = {"objects of the page": [], "objects of the workers": []}
    session = page.context.new_cdp_session(page)
    workers: list[list[str]] = []
    answered: list[int] = []

    def heard(event: dict[str, Any]) -> None:
        message = json.loads(event["message"])
        while message.get("method") == "Target.receivedMessageFromTarget":
            message = json.loads(message["params"]["message"])
        if message.get("method") == "HeapProfiler.addHeapSnapshotChunk":
            chunks["objects of the workers"].append(message["params"]["chunk"])
        if message.get("method") == "Target.attachedToTarget":
            workers.append([event["sessionId"], message["params"]["sessionId"]])
        if message.get("id") == SNAPSHOT:
            answered.append(SNAPSHOT)

    def tell(worker: list[str], method: str, params: dict[str, Any], number: int = 1) -> None:
        message = {"id": number, "method": method, "params": params}
        for inner in worker[1:]:
            sent = {"sessionId": inner, "message": json.dumps(message)}
            message = {"id": 1, "method": "Target.sendMessageToTarget", "params": sent}
        sent = {"sessionId": worker[0], "message": json.dumps(message)}
        session.send("Target.sendMessageToTarget", sent)

    session.on(
        "HeapProfiler.addHeapSnapshotChunk",
        lambda event: chunks["objects of the page"].append(event["chunk"]),
    )
    session.on("Target.attachedToTarget", lambda event: workers.append([event["sessionId"]]))
    session.on("Target.receivedMessageFromTarget", heard)
    session.send("HeapProfiler.takeHeapSnapshot")
    attach = {"autoAttach": True, "waitForDebuggerOnStart": False, "flatten": False}
    session.send("Target.setAutoAttach", attach)
    for worker in workers.copy():
        tell(worker, "Target.setAutoAttach", attach)
    end = monotonic() + LOOKING
    while len(workers) < PARTS:
        assert monotonic() < end, f"{len(workers)} workers can be looked into"
        page.evaluate("0")  # Lets Playwright hear of them.
    for number, worker in enumerate(workers, 1):
        tell(worker, "HeapProfiler.takeHeapSnapshot", {}, SNAPSHOT)
        while len(answered) < number:
            assert monotonic() < end, f"{len(answered)} workers were looked into"
            page.evaluate("0")
    session.detach()
    return chunks
