// What a page does beyond its links and forms; without scripts everything is there as well.
"use strict";

// Terms that hold the words typed, offered below the field.
const asked = new Map();
async function complete(input) {
  const list = input.list, words = input.value.trim(), kind = input.dataset.kind;
  const address = `/api/terms?${new URLSearchParams({ q: words, kind })}`;
  if (!asked.has(address)) {
    asked.set(address, fetch(address).then((reply) => (reply.ok ? reply.json() : [])).catch(() => []));
  }
  const found = await asked.get(address);
  if (input.value.trim() !== words) return;
  list.replaceChildren(...found.map(({ value, label }) => {
    const option = document.createElement("option");
    option.value = value;
    option.label = label;
    option.textContent = `${value} (${label})`;
    return option;
  }));
}
for (const input of document.querySelectorAll("input[data-kind]")) {
  let waiting;
  const soon = () => { clearTimeout(waiting); waiting = setTimeout(() => complete(input), 150); };
  input.addEventListener("input", soon);
  input.addEventListener("focus", soon);
}

// The triples of a fact, in its place.
document.addEventListener("click", async (event) => {
  const link = event.target.closest?.("a[data-triples]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  const shown = link.parentElement.querySelector("pre");
  if (shown) { shown.remove(); link.setAttribute("aria-expanded", "false"); return; }
  const reply = await fetch(`/api/node?${new URLSearchParams({ iri: link.dataset.triples })}`).catch(() => null);
  if (!reply?.ok) { location.assign(link.href); return; }
  const told = await reply.json();
  const pre = document.createElement("pre");
  pre.tabIndex = 0;
  pre.textContent = told.statements.map((s) => `${s.subject} ${s.predicate} ${s.object} .`).join("\n");
  link.setAttribute("aria-expanded", "true");
  link.after(pre);
});

// A picture becomes part of the page: its marks show what they are, and lead to their facts.
for (const image of document.querySelectorAll("img[data-inline]")) {
  new IntersectionObserver(async (seen, observer) => {
    if (!seen.some((one) => one.isIntersecting)) return;
    observer.disconnect();
    const reply = await fetch(image.src).catch(() => null);
    if (!reply?.ok) return;
    const made = new DOMParser().parseFromString(await reply.text(), "image/svg+xml").documentElement;
    if (made.localName !== "svg") return;
    made.setAttribute("aria-label", image.alt);
    for (const link of made.querySelectorAll("a")) {
      link.setAttribute("tabindex", "-1"); // the tables lead to the same facts by keyboard
      link.setAttribute("href", link.getAttribute("href").replace(location.pathname, ""));
    }
    image.replaceWith(document.importNode(made, true));
  }, { rootMargin: "200px" }).observe(image);
}

// Ctrl-Enter runs a query.
document.querySelector("textarea[data-sparql]")?.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) event.target.form.requestSubmit();
});
