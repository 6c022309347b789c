/**
 * Gives each block of code a button that copies it, and lets the keyboard scroll blocks that are too wide.
 * Enhances: data-module="kb-code" data-copy="Copy" data-copied="Copied".
 */
function enhance(body) {
  const blocks = body.querySelectorAll("pre");
  requestAnimationFrame(() => {
    for (const block of blocks) if (block.scrollWidth > block.clientWidth) block.tabIndex = 0;
  });
  for (const block of blocks) {
    if (!navigator.clipboard) continue;
    const button = document.createElement("button");
    button.type = "button";
    button.className = "kb-copy";
    button.textContent = body.dataset.copy;
    button.addEventListener("click", async () => {
      const text = (block.querySelector("code") || block).cloneNode(true);
      for (const number of text.querySelectorAll(".linenos")) number.remove();
      await navigator.clipboard.writeText(text.textContent);
      button.textContent = body.dataset.copied;
      setTimeout(() => { button.textContent = body.dataset.copy; }, 2000);
    });
    const frame = document.createElement("div");
    frame.className = "kb-code-frame";
    block.replaceWith(frame);
    frame.append(block, button);
  }
}

export default enhance;
