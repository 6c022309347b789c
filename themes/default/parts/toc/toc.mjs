/**
 * Marks the heading that is being read in the table of contents, and names it in the folded bar.
 * Enhances: data-module="kb-toc" with links to #headings; without this script they are plain links.
 * Errors:   throws when no link leads to a heading of the page.
 */
function enhance(toc) {
  const links = new Map();
  for (const link of toc.querySelectorAll('a[href^="#"]')) {
    const heading = document.getElementById(decodeURIComponent(link.hash.slice(1)));
    if (heading) links.set(heading, link);
  }
  if (!links.size) throw new Error("kb-toc: no link leads to a heading");
  const now = toc.querySelector("[data-toc-now]");
  const headings = [...links.keys()];
  let current = null;
  const mark = () => {
    const line = innerHeight * 0.3;
    let found = null;
    for (const heading of headings) if (heading.getBoundingClientRect().top <= line) found = heading;
    if (found === current) return;
    if (current) links.get(current).removeAttribute("aria-current");
    current = found;
    const link = found && links.get(found);
    if (link) link.setAttribute("aria-current", "true");
    if (now) now.textContent = link ? link.textContent : "";
    else if (link) link.scrollIntoView({ block: "nearest" });
  };
  let waiting = false;
  const soon = () => {
    if (waiting) return;
    waiting = true;
    requestAnimationFrame(() => {
      waiting = false;
      mark();
    });
  };
  addEventListener("scroll", soon, { passive: true });
  soon(); // not at once: measuring amid the other parts' changes would lay the page out once more
}

export default enhance;
