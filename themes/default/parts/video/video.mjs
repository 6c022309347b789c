/**
 * Plays a film of another host in the page, once the reader asks for it; nothing is loaded from there before.
 * Enhances: <figure data-module="kb-video" data-embed="https://…"> with a link; without this script the link leads to the film.
 */
function enhance(figure) {
  const link = figure.querySelector("a");
  link.addEventListener("click", (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    const frame = document.createElement("iframe");
    frame.src = figure.dataset.embed;
    frame.title = figure.dataset.title || link.textContent.trim();
    frame.allow = "fullscreen; picture-in-picture";
    frame.referrerPolicy = "strict-origin";
    link.replaceWith(frame);
    frame.focus();
  });
}

export default enhance;
