/**
 * Turns texts that stand one below the other, each under its title, into tabs.
 * Enhances: <div data-module="kb-tabs"> with .kb-tab > .kb-tab-title; without this script, and on paper, all texts show.
 * Keys:     arrows (in the direction of the script), Home, End, as WAI-ARIA's tabs pattern has them.
 */
let count = 0;

function enhance(group) {
  const panels = [...group.querySelectorAll(":scope > .kb-tab")];
  const list = document.createElement("div");
  list.className = "kb-tab-list";
  list.setAttribute("role", "tablist");
  const name = `kb-tabs-${++count}`;
  const buttons = panels.map((panel, place) => {
    const title = panel.querySelector(".kb-tab-title");
    const button = document.createElement("button");
    Object.assign(button, { type: "button", id: `${name}-${place}`, textContent: title.textContent });
    button.setAttribute("role", "tab");
    button.setAttribute("aria-controls", `${name}-panel-${place}`);
    Object.assign(panel, { id: `${name}-panel-${place}`, tabIndex: 0 });
    panel.setAttribute("role", "tabpanel");
    panel.setAttribute("aria-labelledby", button.id);
    button.addEventListener("click", () => show(place));
    list.append(button);
    return button;
  });
  const show = (chosen) => buttons.forEach((button, place) => {
    button.setAttribute("aria-selected", String(place === chosen));
    button.tabIndex = place === chosen ? 0 : -1;
    panels[place].toggleAttribute("data-folded", place !== chosen);
  });
  list.addEventListener("keydown", (event) => {
    const last = buttons.length - 1;
    const forward = getComputedStyle(list).direction === "rtl" ? "ArrowLeft" : "ArrowRight";
    const backward = forward === "ArrowLeft" ? "ArrowRight" : "ArrowLeft";
    const now = buttons.indexOf(document.activeElement);
    const next = { [forward]: now < last ? now + 1 : 0, [backward]: now ? now - 1 : last, Home: 0, End: last }[event.key];
    if (next === undefined) return;
    event.preventDefault();
    show(next);
    buttons[next].focus();
  });
  group.prepend(list);
  group.dataset.live = "";
  show(0);
}

export default enhance;
