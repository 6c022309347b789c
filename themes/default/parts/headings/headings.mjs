/**
 * Gives each heading of a body a button that copies its address.
 * Enhances: data-module="kb-headings" data-link="Copy a link to this section" data-copied="Copied".
 * Needs:    navigator.clipboard; without it, or this script, headings stay as they are.
 */
function enhance(body) {
  if (!navigator.clipboard) return;
  for (const heading of body.querySelectorAll("h2[id], h3[id], h4[id]")) {
    const name = `${body.dataset.link}: ${heading.textContent}`;
    const button = document.createElement("button");
    button.type = "button";
    button.className = "kb-anchor";
    button.setAttribute("aria-label", name);
    button.addEventListener("click", async () => {
      const url = new URL(location.href);
      url.hash = heading.id;
      await navigator.clipboard.writeText(url.href);
      history.replaceState(history.state, "", url);
      button.dataset.copied = "";
      button.setAttribute("aria-label", body.dataset.copied);
      setTimeout(() => {
        delete button.dataset.copied;
        button.setAttribute("aria-label", name);
      }, 2000);
    });
    heading.append(button);
  }
}

export default enhance;
