/**
 * Opens the case whose secret stands in the address, behind the # sign, which no server ever sees by itself.
 * Enhances: <form data-open>; without this script the reader types the secret.
 * Sends:    secret -> POST form.action; then the address forgets it.
 */
const form = document.querySelector("form[data-open]");

function open() {
  const secret = location.hash.slice(1);
  if (!form || secret.length < 20) return;
  history.replaceState(null, "", location.pathname);
  form.elements.secret.value = secret;
  form.hidden = true;
  document.querySelector("[data-working]").hidden = false;
  form.submit();
}

open();
addEventListener("hashchange", open);
