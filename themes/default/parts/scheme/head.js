// Before the first paint: the colours that the reader chose, so that nothing flashes, and a mark for a page shown in a frame, where
// only its text is wanted, and for one that was opened from a folder.  Kept on one page by its digest in the policy.
if (top !== self) document.documentElement.dataset.framed = "";
if (location.protocol === "file:") document.documentElement.dataset.disk = "";
try {
  const scheme = localStorage.getItem("kb-scheme");
  if (scheme === "light" || scheme === "dark") document.documentElement.dataset.scheme = scheme;
} catch {}
