/**
 * Reloads the page after a build, and shows what is wrong over it while a build fails.
 * Listens:  /__kbgen/events, one JSON object a message: version (name of the good build), problems (texts).
 * Needs:    ?version= in its own address: the build that this page is of, so that one that ended meanwhile is not missed.
 * Errors:   a stream that breaks is opened again; text only ever enters by textContent.
 */
const own = new URL(import.meta.url).searchParams.get("version");
const AGAIN = 500; // milliseconds until a stream that was refused is tried again
const overlay = document.createElement("div");
overlay.id = "kbgen-overlay";
overlay.tabIndex = 0; // long lists are scrolled by keyboard too
overlay.setAttribute("role", "alert");
Object.assign(overlay.style, {
  position: "fixed", insetBlockEnd: "0", insetInline: "0", maxBlockSize: "70vh", overflow: "auto", zIndex: "99999", margin: "0", padding: "1rem 1.25rem",
  background: "#2b0a0e", color: "#ffe9ea", borderBlockStart: "4px solid #ff6b74", font: "14px/1.6 ui-monospace, Menlo, Consolas, monospace", direction: "ltr", textAlign: "left",
});

function show(problems) {
  if (!problems.length) {
    overlay.remove();
    return;
  }
  overlay.replaceChildren(...problems.map((text) => {
    const block = document.createElement("pre");
    Object.assign(block.style, { margin: "0 0 1em", whiteSpace: "pre-wrap", background: "none", color: "inherit", font: "inherit", border: "0", padding: "0" });
    block.textContent = text;
    return block;
  }));
  document.body.append(overlay);
}

let stream;
function listen() {
  stream?.close();
  if (document.hidden) return; // a browser keeps six connections to a host, and people keep more tabs; one that is shown again asks anew
  stream = new EventSource("/__kbgen/events");
  stream.onmessage = (event) => {
    const { version, problems } = JSON.parse(event.data);
    if (version !== own) {
      stream.close();
      location.reload();
      return;
    }
    show(problems);
  };
  stream.onerror = () => {
    if (stream.readyState === EventSource.CLOSED) setTimeout(listen, AGAIN);
  };
}

document.addEventListener("visibilitychange", listen);
listen();
