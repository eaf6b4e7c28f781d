// The review of a draft: what is proposed, one fact after the other, decided by keyboard or mouse.
// Words of the data are only ever text: nothing is made of them but text nodes.
"use strict";

{ // a scope of its own beside page.js
const TOKEN = document.querySelector("meta[name=review-token]").content;
const TERMS = ["concept", "analyte", "procedure", "drug", "action", "gene", "subject"];
const state = { items: [], decided: {}, left: 0, text: [], parts: [], lacking: [], now: "", ask: null, busy: false };
const list = document.getElementById("items");
const region = document.getElementById("text");

// ---- making elements ---------------------------------------------------------------------

function made(name, attributes = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (key.startsWith("on")) element.addEventListener(key.slice(2), value);
    else if (value !== false && value !== null) element.setAttribute(key, value === true ? "" : value);
  }
  element.append(...children.filter((child) => child !== null));
  return element;
}

function tell(words) {
  document.getElementById("told").textContent = words;
}

// ---- asking the server -------------------------------------------------------------------

async function asked(address, told) {
  const how = told === undefined ? {} : {
    method: "POST",
    headers: { "Content-Type": "application/json", "X-Casekg-Token": TOKEN },
    body: JSON.stringify(told),
  };
  const reply = await fetch(address, how).catch(() => null);
  if (reply === null) return { status: 0, told: { message: "The server does not answer.", cure: "Is it running?" } };
  return { status: reply.status, told: await reply.json().catch(() => ({ message: `The server answers ${reply.status}.` })) };
}

function busy(now) {
  state.busy = now;
  list.setAttribute("aria-busy", String(now));
}

async function decide(action, item, more = {}) {
  if (state.busy) return;
  busy(true);
  document.getElementById("progress-text").textContent = "Saving…";
  const place = state.items.findIndex((one) => one.key === item?.key);
  const { status, told } = await asked("/review/decide", { action, path: item?.key ?? "", ...more });
  if (told.changed) await load(item?.key);
  busy(false);
  if (status === 200) {
    take(told);
    const next = told.done === "undone" ? state.items.find((one) => one.key === told.key) : state.items[Math.min(Math.max(place, 0), state.items.length - 1)];
    choose(next?.key ?? "", true);
    const rest = next ? ` Next: ${next.kind}, ${next.label}.` : " Nothing is left to decide.";
    tell(`${told.label}: ${told.done}. ${progress()}${rest}`);
    return;
  }
  progressed();
  if (status === 409 && told.ask) {
    state.ask = { key: item.key, named: told.ask };
    draw();
    focus();
    return;
  }
  wrong(refusals(told));
}

function refusals(told) {
  return told.results?.map((one) => `${one.key ? `${one.key}: ` : "The file "}${one.message} ${one.cure}`) ?? [`${told.message} ${told.cure ?? ""}`];
}

function take(told) {
  Object.assign(state, told, { ask: null });
  progressed();
}

function progress() {
  const done = Object.values(state.decided).reduce((sum, one) => sum + one, 0);
  return `${done} decided, ${state.left} left.`;
}

function progressed() {
  const done = Object.values(state.decided).reduce((sum, one) => sum + one, 0);
  const parts = Object.entries(state.decided).map(([name, number]) => `${number} ${name}`);
  document.getElementById("progress-text").textContent = `${state.left} left to decide; ${parts.join(", ")}`;
  const bar = document.getElementById("progress");
  bar.max = Math.max(1, done + state.left);
  bar.value = done;
}

// ---- the text ----------------------------------------------------------------------------

function drawText() {
  const spans = state.items.flatMap((item) => item.quotes.filter((quote) => quote.start !== null)
    .map((quote) => ({ start: quote.start, end: quote.end, item })));
  const shown = made("div");
  for (const part of state.parts) {
    const inside = spans.filter((one) => one.start < part.end && part.start < one.end);
    const cuts = [...new Set([part.start, part.end, ...inside.flatMap((one) => [Math.max(one.start, part.start), Math.min(one.end, part.end)])])].sort((a, b) => a - b);
    const words = made("p");
    for (let i = 0; i + 1 < cuts.length; i += 1) {
      const [start, end] = [cuts[i], cuts[i + 1]];
      const over = inside.filter((one) => one.start <= start && end <= one.end);
      const text = state.text.slice(start, end).join("");
      if (!over.length) { words.append(text); continue; }
      const now = over.find((one) => one.item.key === state.now);
      const item = (now ?? over[0]).item;
      words.append(made("mark", {
        class: item.group + (now ? " now" : ""), "data-key": item.key, title: over.map((one) => `${one.item.kind}: ${one.item.label}`).join("\n"),
      }, text));
    }
    // most sections begin with their title
    if (!words.textContent.trimStart().startsWith(part.title)) shown.append(made("h3", {}, part.title));
    shown.append(words);
  }
  if (!state.parts.length) shown.append(made("p", {}, "The server was started without --sources: the text is not here."));
  const top = region.scrollTop;
  region.replaceChildren(shown);
  region.scrollTop = top;
  const mark = region.querySelector("mark.now");
  if (mark) {
    const [seen, all] = [mark.getBoundingClientRect(), region.getBoundingClientRect()];
    if (seen.top < all.top || seen.bottom > all.bottom) region.scrollTop += seen.top - all.top - region.clientHeight / 3;
  }
}

region.addEventListener("click", (event) => {
  const key = event.target.closest?.("mark")?.dataset.key;
  if (key) choose(key, true);
});

// ---- the facts ---------------------------------------------------------------------------

function draw() {
  list.replaceChildren(...state.items.map((item) => (item.key === state.now ? whole(item) : short(item))));
  const end = document.getElementById("end");
  end.hidden = state.items.length > 0;
  if (!end.hidden) {
    end.replaceChildren(made("p", {}, made("strong", {}, "Nothing is left to decide."), " The case file is a draft no more."),
      ...(state.lacking.length ? [made("p", {}, "Before it can be built:"), made("ul", {}, ...state.lacking.map((one) => made("li", {}, one)))] : []));
  }
  drawText();
}

function head(item) {
  return made("div", { class: "head" }, made("span", { class: `chip ${item.group}` }, item.kind), made("strong", {}, item.label),
    made("span", { class: "sure" }, `${item.confidence} confidence`));
}

function short(item) {
  return made("li", { class: "item", "data-key": item.key, tabindex: "-1", onclick: () => choose(item.key, true) }, head(item));
}

function whole(item) {
  const rows = Object.entries(item.fields).map(([name, value]) => made("div", {}, made("dt", {}, name), made("dd", {}, shown(value))));
  const element = made("li", { class: "item", "data-key": item.key, tabindex: "0", "aria-current": "true", "aria-label": `${item.kind}, ${item.label}, ${item.confidence} confidence` },
    head(item),
    ...item.quotes.map((quote) => made("blockquote", {}, `“${quote.words}” `, made("cite", {}, quote.section))),
    made("dl", {}, ...rows),
    ...item.remarks.map((words) => made("p", { class: "remark" }, words)),
    made("p", { class: "sure" }, `Rule ${item.rule}; line ${item.line} of the file.`));
  if (state.ask?.key === item.key) {
    element.append(made("div", { class: "wrong", role: "alert" }, made("p", {}, "Other facts name it. Press d again to drop it with them, Escape to keep it."),
      made("ul", {}, ...state.ask.named.map((one) => made("li", {}, one)))));
  }
  element.append(made("div", { class: "buttons" },
    made("button", { type: "button", onclick: () => decide("accept", item) }, "Accept ", made("kbd", {}, "a")),
    made("button", { type: "button", class: "plain", onclick: () => correct(item) }, "Correct ", made("kbd", {}, "c")),
    made("button", { type: "button", class: "plain", onclick: () => drop(item) }, "Drop ", made("kbd", {}, "d")),
    made("button", { type: "button", class: "plain", onclick: () => decide("undo") }, "Undo ", made("kbd", {}, "u")),
    ...item.alternatives.map((term) => made("button", { type: "button", class: "plain", onclick: () => decide("correct", item, { changes: { concept: term } }) }, `Take ${term}`))));
  return element;
}

function shown(value) {
  if (Array.isArray(value)) return value.map(shown).join("; ");
  if (value !== null && typeof value === "object") return Object.entries(value).map(([name, one]) => `${name}: ${shown(one)}`).join(", ");
  return String(value);
}

function wrong(lines) {
  const element = list.querySelector("[aria-current]") ?? list;
  element.querySelector(":scope > .wrong")?.remove();
  const alert = made("div", { class: "wrong", role: "alert" }, made("p", {}, "Nothing was saved:"), made("ul", {}, ...lines.map((one) => made("li", {}, one))));
  element.insertBefore(alert, element.querySelector(":scope > .buttons"));
  alert.scrollIntoView({ block: "nearest" });
}

function choose(key, move = false) {
  state.now = key;
  state.ask = state.ask?.key === key ? state.ask : null;
  draw();
  if (move) focus();
}

function focus() {
  const element = list.querySelector("[aria-current]");
  if (element) {
    element.focus({ preventScroll: true });
    element.scrollIntoView({ block: "nearest" });
  } else if (!state.items.length) {
    document.getElementById("end").focus();
  }
}

function step(by) {
  const place = state.items.findIndex((one) => one.key === state.now);
  const next = state.items[Math.min(Math.max(place + by, 0), state.items.length - 1)];
  if (next) choose(next.key, true);
}

function drop(item) {
  decide("drop", item, state.ask?.key === item.key ? { named: state.ask.named } : {});
}

// ---- corrections -------------------------------------------------------------------------

// A value as lines of a field of the form, and back: a list has a line for each.
function written(value) {
  return Array.isArray(value) ? value.join("\n") : String(value);
}

function flat(fields, above = "") {
  return Object.entries(fields).flatMap(([name, value]) => {
    const key = above + name;
    if (Array.isArray(value)) return value.some((one) => typeof one === "object") ? [] : [[key, value]];
    return value !== null && typeof value === "object" ? flat(value, `${key}.`) : [[key, value]];
  });
}

function correct(item, search = false) {
  const element = list.querySelector("[aria-current]");
  const open = element.querySelector("form");
  if (open) { open.querySelector(search ? "[role=combobox]" : "input, textarea").focus(); return; }
  const inputs = new Map();
  const fields = flat(item.fields).map(([name, value], number) => {
    const many = Array.isArray(value);
    const input = made(many ? "textarea" : "input", { id: `c-${number}`, autocomplete: "off", spellcheck: "false" });
    input.value = written(value);
    inputs.set(name, { input, many, before: input.value });
    return made("div", {}, made("label", { for: `c-${number}` }, many ? `${name} (a line each)` : name), input);
  });
  const evidence = made("textarea", { id: "c-evidence", spellcheck: "false" });
  evidence.value = item.quotes.map((quote) => `${quote.section}: ${quote.words}`).join("\n");
  const quoted = evidence.value;
  const name = made("select", { id: "c-name" }, made("option", { value: "" }, "none"),
    ...item.known.filter((one) => !(one in item.fields)).map((one) => made("option", { value: one }, one)));
  const value = made("input", { id: "c-value", autocomplete: "off", spellcheck: "false" });
  const form = made("form", { "aria-label": `Correction of ${item.label}` },
    combobox(item, inputs),
    ...fields,
    made("div", {}, made("label", { for: "c-evidence" }, "evidence (section: phrase, a line each)"), evidence),
    made("div", {}, made("label", { for: "c-name" }, "another field"), name, made("label", { for: "c-value" }, "its value"), value),
    made("div", { class: "buttons" }, made("button", { type: "submit" }, "Save the correction"),
      made("button", { type: "button", class: "plain", onclick: () => { draw(); focus(); } }, "Leave it")));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const changes = {};
    for (const [key, { input, many, before }] of inputs) {
      if (input.value === before) continue;
      const lines = input.value.split("\n").map((one) => one.trim()).filter(Boolean);
      changes[key] = many ? (lines.length ? lines : null) : input.value.trim() || null;
    }
    if (evidence.value !== quoted) {
      changes.evidence = {};
      for (const line of evidence.value.split("\n").filter((one) => one.trim())) {
        const [section, ...rest] = line.split(":");
        (changes.evidence[section.trim()] ??= []).push(rest.join(":").trim());
      }
    }
    if (name.value && value.value.trim()) changes[name.value] = value.value.trim();
    decide("correct", item, { changes });
  });
  element.append(form);
  (search ? form.querySelector("[role=combobox]") : form.querySelector("input:not([role]), textarea")).focus();
}

// The search for a term: what is picked goes into the field of the fact that holds its term.
function combobox(item, inputs) {
  const into = TERMS.find((one) => inputs.has(one));
  const found = made("ul", { role: "listbox", id: "c-terms", "aria-label": "Terms" });
  const input = made("input", { id: "c-search", role: "combobox", "aria-expanded": "false", "aria-controls": "c-terms", "aria-autocomplete": "list", autocomplete: "off", spellcheck: "false" });
  let place = -1, terms = [], waiting = 0;
  const mark = (to) => {
    place = terms.length ? (to + terms.length) % terms.length : -1;
    [...found.children].forEach((one, number) => one.setAttribute("aria-selected", String(number === place)));
    if (place >= 0) { input.setAttribute("aria-activedescendant", `c-term-${place}`); found.children[place].scrollIntoView({ block: "nearest" }); }
    else input.removeAttribute("aria-activedescendant");
  };
  const offer = (some) => {
    terms = some;
    found.replaceChildren(...some.map((term, number) => made("li", { role: "option", id: `c-term-${number}`, "aria-selected": "false", onclick: () => pick(term) }, term)));
    input.setAttribute("aria-expanded", String(some.length > 0));
    mark(some.length ? 0 : -1);
  };
  const pick = (term) => {
    offer([]);
    input.value = "";
    const target = into && inputs.get(into).input;
    if (target) { target.value = term; target.focus(); tell(`${into}: ${term}`); }
  };
  input.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(async () => {
      const words = input.value.trim();
      const { status, told } = words.length < 2 ? { status: 200, told: [] } : await asked(`/review/terms?${new URLSearchParams({ q: words })}`);
      if (input.value.trim() !== words || status !== 200) return;
      offer(told);
      if (words.length > 1) tell(told.length ? `${told.length} terms` : "No term holds these words.");
    }, 150);
  });
  input.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown") mark(place + 1);
    else if (event.key === "ArrowUp") mark(place - 1);
    else if (event.key === "Enter") { if (place >= 0) pick(terms[place]); }
    else if (event.key === "Escape" && terms.length) { offer([]); event.stopPropagation(); }
    else return;
    event.preventDefault();
  });
  return made("div", { class: "search-box" }, made("label", { for: "c-search" }, into ? `search a term for ${into}` : "search a term"), input, found);
}

// ---- keys: only while a fact has the focus, and never while somebody types -------------------

document.querySelector(".items").addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const item = state.items.find((one) => one.key === state.now);
  const typing = event.target.matches("input, textarea, select");
  if (event.key === "Escape") {
    state.ask = null;
    draw();
    focus();
    event.preventDefault();
    return;
  }
  if (typing || state.busy) return;
  const keys = {
    j: () => step(1), ArrowDown: () => step(1), k: () => step(-1), ArrowUp: () => step(-1), Home: () => step(-1e9), End: () => step(1e9),
    a: () => item && decide("accept", item), c: () => item && correct(item), d: () => item && drop(item), u: () => decide("undo"),
    "/": () => item && correct(item, true),
  };
  const act = keys[event.key];
  if (!act) return;
  event.preventDefault();
  act();
});

// The file as it is now. key: the fact that is to have the focus, if it is still there.
async function load(key) {
  const { status, told } = await asked("/review/state?text=yes");
  if (status !== 200) { document.getElementById("progress-text").textContent = refusals(told).join(" "); return; }
  told.text = Array.from(told.text); // places count characters, not the halves of UTF-16
  take(told);
  choose((state.items.find((one) => one.key === key) ?? state.items[0])?.key ?? "", true);
  tell(progress());
}

load();
}
