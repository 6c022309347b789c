/**
 * Hands each element with data-module="kb-name …" to its part.  A part that fails is named in the console; the rest of the page lives on.
 * A module that is not among the parts of every page is loaded from data-script.
 */
const report = (name, error) => console.error(`${name}:`, error);
for (const element of document.querySelectorAll("[data-module]")) {
  for (const name of element.dataset.module.split(" ")) {
    try {
      if (parts[name]) parts[name](element);
      else if (element.dataset.script) import(new URL(element.dataset.script, document.baseURI)).then((module) => module.default(element)).catch((error) => report(name, error));
      else throw new Error("there is no such part");
    } catch (error) {
      report(name, error);
    }
  }
}
