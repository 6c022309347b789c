/**
 * Makes each frame as high as its part, and switches the colours of all frames at once.
 * Enhances: the gallery; without this script frames have one height and the device decides the colours.
 */
const select = document.querySelector("#scheme");
const frames = [...document.querySelectorAll("iframe")];

function paint(root) {
  if (select.value) root.dataset.scheme = select.value;
  else delete root.dataset.scheme;
}

function fit(frame) {
  const page = frame.contentDocument;
  if (!page?.body || page.URL === "about:blank") return;
  paint(page.documentElement);
  page.body.style.paddingBlock = "1rem";
  const closed = page.querySelector("dialog:not([open])");
  if (closed && !page.body.innerText.trim()) closed.show(); // a part that is a dialog is shown as one
  const high = page.querySelector("dialog[open]")?.getBoundingClientRect().bottom ?? 0;
  frame.style.blockSize = `${Math.min(900, Math.max(64, page.documentElement.scrollHeight, high + 16))}px`;
}

for (const frame of frames) {
  frame.addEventListener("load", () => fit(frame));
  fit(frame);
}
select.value = localStorage.getItem("kb-scheme") ?? "";
select.addEventListener("change", () => {
  if (select.value) localStorage.setItem("kb-scheme", select.value);
  else localStorage.removeItem("kb-scheme");
  for (const root of [document.documentElement, ...frames.map((frame) => frame.contentDocument?.documentElement)]) if (root) paint(root);
});
paint(document.documentElement);
