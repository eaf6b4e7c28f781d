// The text field for SPARQL becomes an editor: colours, brackets, and completion of our words.
// It stands in a shadow root, where its styles are a sheet and no <style> element, which the page's policy refuses.
import { autocompletion, startCompletion } from "@codemirror/autocomplete";
import { HighlightStyle, syntaxHighlighting } from "@codemirror/language";
import { Prec } from "@codemirror/state";
import { keymap } from "@codemirror/view";
import { basicSetup, EditorView } from "codemirror";
import { tags } from "@lezer/highlight";
import { sparql } from "codemirror-lang-sparql";

const field = document.querySelector("textarea[data-sparql]");

// The words of the vocabulary, asked for once; again where the server was busy.
let asked = null;
async function known() {
  asked ??= fetch("/api/vocabulary").then((reply) => (reply.ok ? reply.json() : null)).catch(() => null);
  const found = await asked;
  if (!found) asked = null;
  return found ?? [];
}

const shorten = (iri, prefixes) => {
  for (const { value, iri: start } of prefixes) {
    if (iri.startsWith(start) && /^\w[\w-]*$/.test(iri.slice(start.length))) return value + iri.slice(start.length);
  }
  return `<${iri}>`;
};

// Words of the vocabulary by their names; concepts by their labels, as their ids.
async function complete(context) {
  const typed = context.matchBefore(/[\w:-]+/);
  if (!typed || (typed.text.length < 2 && !context.explicit)) return null;
  const before = context.state.sliceDoc(Math.max(0, typed.from - 1), typed.from);
  if (before === "?" || before === "$" || before === "<") return null;
  const words = await known();
  const options = words.map(({ value, label, kind }) => ({ label: value, detail: label, type: kind }));
  if (!typed.text.includes(":") && typed.text.length > 2) {
    const prefixes = words.filter((one) => one.kind === "namespace");
    const reply = await fetch(`/api/terms?${new URLSearchParams({ q: typed.text, kind: "concept" })}`).catch(() => null);
    for (const { value, label, iri } of reply?.ok ? await reply.json() : []) {
      options.push({ label: value, detail: label, type: "constant", apply: shorten(iri, prefixes), boost: -1 });
    }
  }
  return { from: typed.from, options, validFor: /^[\w:-]*$/ };
}

const colours = EditorView.theme({
  "&": { fontSize: "0.9rem", maxHeight: "32rem", color: "var(--ink)", backgroundColor: "var(--card)" },
  ".cm-scroller": { overflow: "auto", minHeight: "16rem", fontFamily: "ui-monospace, 'Cascadia Mono', 'DejaVu Sans Mono', Menlo, monospace" },
  ".cm-content": { caretColor: "var(--ink)" },
  ".cm-gutters": { backgroundColor: "var(--mark)", color: "var(--soft)", borderColor: "var(--line)" },
  ".cm-activeLine, .cm-activeLineGutter": { backgroundColor: "var(--mark)" },
  ".cm-cursor": { borderLeftColor: "var(--ink)" },
  "&.cm-focused": { outline: "3px solid var(--focus)" },
  "&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground": { backgroundColor: "var(--heat-3)" },
  ".cm-tooltip": { backgroundColor: "var(--card)", color: "var(--ink)", borderColor: "var(--line)" },
  ".cm-tooltip-autocomplete ul li[aria-selected]": { backgroundColor: "var(--accent)", color: "var(--on-accent)" },
});

const words = HighlightStyle.define([
  { tag: [tags.keyword, tags.operatorKeyword, tags.controlKeyword, tags.definitionKeyword], color: "var(--seen)" },
  { tag: [tags.string, tags.number, tags.bool], color: "var(--flat)" },
  { tag: [tags.variableName, tags.special(tags.variableName)], color: "var(--same)" },
  { tag: [tags.namespace, tags.propertyName, tags.typeName, tags.url, tags.literal, tags.name], color: "var(--good)" },
  { tag: [tags.comment, tags.lineComment], color: "var(--soft)", fontStyle: "italic" },
]);

// What is typed over a selection: the browser would keep the style of what was there, inline, which the policy refuses.
function overtype(event, view) {
  if (event.inputType !== "insertText" || !event.data || event.isComposing || view.state.selection.main.empty) return false;
  event.preventDefault();
  view.dispatch({ ...view.state.replaceSelection(event.data), userEvent: "input.type" });
  return true;
}

if (field) {
  const place = document.createElement("div");
  place.className = "editor";
  const root = place.attachShadow({ mode: "open" });
  const run = () => { field.form.requestSubmit(); return true; };
  const view = new EditorView({
    doc: field.value,
    parent: root,
    root,
    extensions: [
      Prec.highest(keymap.of([{ key: "Mod-Enter", run }, { key: "Ctrl-Space", run: startCompletion }])),
      basicSetup,
      sparql(),
      syntaxHighlighting(words),
      autocompletion({ override: [complete] }),
      EditorView.lineWrapping,
      EditorView.contentAttributes.of({ "aria-label": "Query" }),
      EditorView.domEventHandlers({ beforeinput: overtype }),
      EditorView.updateListener.of((update) => { if (update.docChanged) field.value = update.state.doc.toString(); }),
      colours,
    ],
  });
  field.hidden = true;
  field.after(place);
  document.querySelector(`label[for="${field.id}"]`)?.addEventListener("click", () => view.focus());
}
