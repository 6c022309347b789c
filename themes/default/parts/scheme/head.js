// Before the first paint: the colours that the reader chose, so that nothing flashes.  Kept on one page by its digest in the policy.
try {
  const scheme = localStorage.getItem("kb-scheme");
  if (scheme === "light" || scheme === "dark") document.documentElement.dataset.scheme = scheme;
} catch {}
