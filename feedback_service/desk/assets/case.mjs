/**
 * The page of a case: canned replies put in at one press, text that survives a closed tab, who else is here, keys.
 * Enhances: <form data-module="editor">, <div data-module="presence">; without this script canned replies are links and all forms post.
 * Sends:    POST data-post every 20 s while the page is seen, with whether somebody writes; gets back who else is here, as HTML.
 * Errors:   none; text that cannot be kept is still in the field.
 */
import { onKey } from "./desk.mjs";

const PERIOD = 20_000; // milliseconds
const form = document.querySelector("[data-module=editor]");
const text = form.elements.text;
/** Keeps one thing in this tab, under a name. */
const memory = (name) => ({
  get() { try { return JSON.parse(sessionStorage.getItem(name)); } catch { return null; } },
  set(value) { try { sessionStorage.setItem(name, JSON.stringify(value)); } catch { /* storage is full or forbidden */ } },
  drop() { try { sessionStorage.removeItem(name); } catch { /* storage is forbidden */ } },
});
const [typed, leaving, sent] = ["draft", "leaving", "sent"].map((name) => memory(`desk-${name}-${form.dataset.case}`));
const kind = () => form.elements.kind.value;

/** Puts a text where the cursor is, as typing would: it can be undone. */
function insert(words) {
  text.focus();
  const before = text.value.slice(0, text.selectionStart);
  const gap = before && !before.endsWith("\n") ? "\n" : "";
  if (!document.execCommand("insertText", false, gap + words)) text.setRangeText(gap + words, text.selectionStart, text.selectionEnd, "end");
  text.dispatchEvent(new Event("input", { bubbles: true }));
}

function choose(value) {
  const radio = form.querySelector(`[name=kind][value=${value}]`);
  if (!radio) return;
  radio.checked = true;
  hint();
  text.focus();
  text.scrollIntoView({ block: "center" });
}

function hint() {
  text.placeholder = text.dataset[kind()];
}

form.addEventListener("click", (event) => {
  const link = event.target.closest("[data-insert]");
  if (!link) return;
  event.preventDefault();
  insert(link.dataset.insert);
  document.getElementById("canned").open = false;
});
form.addEventListener("change", hint);
text.addEventListener("input", () => {
  if (text.value.trim()) typed.set({ text: text.value, kind: kind() });
  else typed.drop();
  const said = document.getElementById("kept");
  said.textContent = text.value.trim() ? said.dataset.kept : "";
});
form.addEventListener("submit", () => leaving.set({ text: text.value, message: form.elements.message.value }));
/* Only a page that says "sent" forgets the text: a session that ended, or a colleague who was faster, must not cost it. */
if (/[?&]done=(sent|noted)\b/.test(location.search)) {
  typed.drop();
  if (leaving.get()) sent.set(leaving.get());
}
const draft = typed.get();
if (draft && !text.value) {
  text.value = draft.text;
  const radio = form.querySelector(`[name=kind][value=${draft.kind}]`);
  if (radio) radio.checked = true;
}
/* After Back the browser puts into the field what was in it when it was sent: that is said already, and a page of before it is stale. */
addEventListener("pageshow", () => {
  const gone = sent.get();
  if (!gone || text.value !== gone.text) return;
  text.value = "";
  if (form.elements.message.value === gone.message) location.replace(location.pathname);
});
hint();

/* An article is linked and its address put into the text: the text waits here while the page comes back. */
document.getElementById("articles")?.addEventListener("click", (event) => {
  const button = event.target.closest("button[data-url]");
  if (button) insert(`${button.dataset.title}: ${button.dataset.url}\n`);
});

const presence = document.querySelector("[data-module=presence]");
async function tell() {
  if (document.visibilityState === "visible") {
    try {
      const body = new URLSearchParams({ writing: text.value.trim() ? "yes" : "" });
      const answer = await fetch(presence.dataset.post, { method: "POST", body, headers: { Accept: "text/html" } });
      if (answer.ok) {
        const page = new DOMParser().parseFromString(await answer.text(), "text/html");
        const fresh = [...page.body.children];
        if (fresh.map((one) => one.textContent).join() !== [...presence.children].map((one) => one.textContent).join()) presence.replaceChildren(...fresh);
      }
    } catch { /* told again below */ }
  }
  setTimeout(tell, PERIOD);
}
tell();

const focus = (name) => () => { document.getElementById(name)?.focus(); };
const unfold = (name) => () => {
  const details = document.getElementById(name);
  if (!details) return;
  details.open = true;
  details.querySelector("input:not([type=hidden]), select, a, button")?.focus();
};
const entries = [...document.querySelectorAll(".entry")];
const step = (by) => () => {
  const place = entries.indexOf(document.activeElement.closest(".entry"));
  const next = entries[place < 0 ? (by > 0 ? 0 : entries.length - 1) : Math.max(0, Math.min(entries.length - 1, place + by))];
  next?.focus();
  next?.scrollIntoView({ block: "center" });
};
onKey("r", () => choose("reply"));
onKey("n", () => choose("note"));
onKey("p", unfold("canned"));
onKey("a", focus("assignee"));
onKey("s", focus("status"));
onKey("m", unfold("more"));
onKey("l", () => { (document.querySelector("#articles [name=kind]:not([type=hidden])") || document.getElementById("article-id"))?.focus(); });
onKey("j", step(1));
onKey("k", step(-1));
