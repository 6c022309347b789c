/**
 * The queue: keys to walk and choose, and rows that stay true without a reload.
 * Enhances: <form data-module="queue" data-poll data-news data-chosen>; without this script every link, box and button works.
 * Asks:     GET data-poll with the digest of the rows; 204 means that nothing is new.
 * Errors:   none; while the service is away the rows stay as they are and are asked for again.
 */
import { number, onKey, say } from "./desk.mjs";

const PERIOD = 10_000; // milliseconds between two questions
const form = document.querySelector("[data-module=queue]");
let here = -1;

const rows = () => [...form.querySelectorAll("#rows tr")];
const boxes = () => [...form.querySelectorAll("#rows input[name=case]")];

function go(place) {
  const list = rows();
  if (!list.length) return;
  here = Math.max(0, Math.min(list.length - 1, place));
  for (const row of list) row.classList.toggle("here", row === list[here]);
  list[here].querySelector(".what a").focus();
  list[here].scrollIntoView({ block: "nearest" });
}

function count() {
  const chosen = boxes().filter((box) => box.checked).length;
  const legend = form.querySelector("[data-chosen-n]");
  if (legend) {
    legend.textContent = form.dataset.chosen.replace("{n}", number(chosen));
    legend.classList.toggle("any", chosen > 0);
  }
  const all = form.querySelector("[data-all]");
  all.checked = chosen > 0 && chosen === boxes().length;
  all.indeterminate = chosen > 0 && !all.checked;
}

/** Puts newer rows in; what was chosen or focused stays so. */
function replace(fresh) {
  const old = document.getElementById("rows");
  const before = new Map(rows().map((row) => [row.id, row.querySelector("[name=case]").value]));
  const chosen = new Set(boxes().filter((box) => box.checked).map((box) => box.value.split(":")[0]));
  const focused = document.activeElement.closest?.("#rows tr")?.id;
  const onBox = document.activeElement.matches?.("[name=case]");
  old.replaceWith(document.adoptNode(fresh));
  let news = 0;
  for (const row of rows()) {
    const box = row.querySelector("[name=case]");
    box.checked = chosen.has(box.value.split(":")[0]);
    if (before.get(row.id) !== box.value) {
      row.classList.add("fresh");
      news += 1;
    }
  }
  if (focused) document.getElementById(focused)?.querySelector(onBox ? "[name=case]" : ".what a").focus();
  here = rows().findIndex((row) => row.id === focused);
  if (here >= 0) rows()[here].classList.add("here");
  document.getElementById("total").textContent = number(Number(fresh.dataset.total));
  if (news) say(form.dataset.news.replace("{n}", number(news)));
  count();
}

async function ask() {
  if (document.visibilityState === "visible") {
    try {
      const digest = document.getElementById("rows").dataset.digest;
      const answer = await fetch(`${form.dataset.poll}&digest=${encodeURIComponent(digest)}`, { headers: { Accept: "text/html" } });
      if (answer.status === 200) {
        const page = new DOMParser().parseFromString(`<table>${await answer.text()}</table>`, "text/html");
        const fresh = page.getElementById("rows");
        if (fresh) replace(fresh);
      }
    } catch { /* asked again below */ }
  }
  setTimeout(ask, PERIOD);
}

onKey("j", () => go(here + 1));
onKey("k", () => go(here - 1));
onKey("x", () => {
  const box = boxes()[here];
  if (!box) return;
  box.checked = !box.checked;
  count();
});
onKey("o", () => rows()[here]?.querySelector(".what a").click());
onKey("b", () => { if (form.querySelector(".any")) form.querySelector(".bulk select").focus(); });
form.addEventListener("focusin", (event) => {
  const row = event.target.closest("#rows tr");
  if (row) here = rows().indexOf(row);
});
form.addEventListener("change", count);
const all = form.querySelector("[data-all]");
all.hidden = false;
all.addEventListener("change", () => { for (const box of boxes()) box.checked = all.checked; });
count();
setTimeout(ask, PERIOD);
