/**
 * Reloads the page after a build, and shows what is wrong over it while a build fails.
 * Listens:  /__kbgen/events, one JSON object a message: version (number of the good build), problems (texts).
 * Errors:   a stream that breaks is opened again by the browser; text only ever enters by textContent.
 */
let seen;
const overlay = document.createElement("div");
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

new EventSource("/__kbgen/events").onmessage = (event) => {
  const { version, problems } = JSON.parse(event.data);
  if (seen !== undefined && version !== seen) {
    location.reload();
    return;
  }
  seen = version;
  show(problems);
};
