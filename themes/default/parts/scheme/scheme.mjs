/**
 * Switches the colours: as on the device, light, dark; remembers the choice in this browser.
 * Enhances: <button data-module="kb-scheme" data-auto data-light data-dark>; without this script the device decides.
 * Errors:   none; a browser that forbids storage forgets the choice.
 */
function enhance(button) {
  const root = document.documentElement;
  const order = ["auto", "light", "dark"];
  const show = () => {
    const text = button.dataset[root.dataset.scheme || "auto"];
    button.setAttribute("aria-label", text);
    button.title = text;
  };
  button.addEventListener("click", () => {
    const next = order[(order.indexOf(root.dataset.scheme || "auto") + 1) % 3];
    if (next === "auto") delete root.dataset.scheme;
    else root.dataset.scheme = next;
    try {
      if (next === "auto") localStorage.removeItem("kb-scheme");
      else localStorage.setItem("kb-scheme", next);
    } catch { /* storage is forbidden: the choice holds for this page */ }
    show();
  });
  show();
  button.hidden = false;
}

export default enhance;
