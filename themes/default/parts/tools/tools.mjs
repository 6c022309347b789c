/**
 * Copies the address of the article, and prints it.
 * Enhances: data-module="kb-tools" data-copied="Link copied" with hidden buttons data-tool="copy" and data-tool="print".
 */
function enhance(tools) {
  const status = tools.querySelector("[data-tool-status]");
  const print = tools.querySelector('[data-tool="print"]');
  const copy = tools.querySelector('[data-tool="copy"]');
  print.hidden = false;
  print.addEventListener("click", () => window.print());
  if (!navigator.clipboard) return;
  copy.hidden = false;
  copy.addEventListener("click", async () => {
    await navigator.clipboard.writeText(location.href.split("#")[0]);
    status.textContent = tools.dataset.copied;
    setTimeout(() => { status.textContent = ""; }, 3000);
  });
}

export default enhance;
