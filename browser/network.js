// The neighbourhood of a node as a picture: shape and colour by kind; a click leads to the node.
import cytoscape from "cytoscape";

const place = document.getElementById("network");

// Kind -> colour (Okabe and Ito) and shape; another kind is a grey circle.
const KINDS = {
  concept: ["#0072B2", "round-rectangle"], vocabulary: ["#767676", "round-rectangle"], Patient: ["#222222", "star"],
  Report: ["#222222", "rectangle"], Record: ["#222222", "rectangle"], Treatment: ["#56B4E9", "diamond"], Response: ["#009E73", "triangle"],
  Finding: ["#D55E00", "ellipse"], Diagnosis: ["#D55E00", "hexagon"], Antibody: ["#CC79A7", "hexagon"],
  Measurement: ["#E69F00", "ellipse"], Examination: ["#E69F00", "rectangle"], Event: ["#CC79A7", "diamond"],
};

const short = (text) => (text.includes("#") ? text.slice(text.lastIndexOf("#") + 1) : text);

// The picture for the width that there is.
function draw(told) {
  const ink = getComputedStyle(document.body).color;
  const nodes = told.nodes.slice(0, 120);
  const there = new Set(nodes.map((node) => node.iri));
  // two nodes have one edge, whatever the number of statements between them
  const edges = new Map();
  for (const { from, to, label } of told.edges) {
    if (!there.has(from) || !there.has(to)) continue;
    const key = `${from}\n${to}`;
    edges.set(key, { from, to, label: edges.has(key) ? `${edges.get(key).label}, ${label}` : label });
  }
  // neighbours by kind and name in a column at each side, their names outwards, where no line runs; on a phone at one side
  const rest = nodes.slice(1).sort((a, b) => a.kind.localeCompare(b.kind) || a.label.localeCompare(b.label));
  const wide = place.clientWidth > 700, half = wide ? Math.ceil(rest.length / 2) : 0;
  const rows = wide ? half : rest.length, step = 24;
  place.style.height = `${Math.max(200, rows * step + 60)}px`;
  const room = place.clientWidth, reach = wide ? room * 0.2 : room * 0.3;
  const centre = { x: wide ? room / 2 : 24, y: (rows * step) / 2 + 30 };
  const at = new Map([[told.iri, { ...centre, side: wide ? "top" : "below" }]]);
  rest.forEach((node, n) => {
    const left = n < half, row = left ? n : n - half;
    at.set(node.iri, { x: centre.x + (left ? -reach : reach), y: 30 + (row + 0.5) * step, side: left ? "left" : "right" });
  });
  const view = cytoscape({
    container: place,
    elements: [
      ...nodes.map((node) => ({ data: { id: node.iri, label: node.iri === told.iri && !wide ? "" : short(node.label), kind: node.kind, side: at.get(node.iri).side },
        position: at.get(node.iri) })),
      ...[...edges.values()].map(({ from, to, label }, n) => ({ data: { id: `edge-${n}`, source: from, target: to, label } })),
    ],
    layout: { name: "preset", fit: false },
    userZoomingEnabled: false, // the wheel scrolls the page
    minZoom: 0.2,
    maxZoom: 3,
    style: [
      { selector: "node", style: {
        label: "data(label)", color: ink, "font-size": 13, "text-valign": "center", "text-margin-x": (node) => ({ left: -6, right: 6 })[node.data("side")] ?? 0,
        "text-halign": (node) => ({ left: "left", right: "right" })[node.data("side")] ?? "center", "text-wrap": "ellipsis",
        "text-max-width": `${Math.round(wide ? room * 0.27 : room * 0.55)}px`, width: 16, height: 16, "background-color": (node) => (KINDS[node.data("kind")] ?? ["#767676"])[0],
        shape: (node) => (KINDS[node.data("kind")] ?? [0, "ellipse"])[1] } },
      { selector: "edge", style: { width: 1, "line-color": "#9aa5a8", "curve-style": "straight", "target-arrow-shape": "triangle",
        "target-arrow-color": "#9aa5a8", "arrow-scale": 0.7 } },
      { selector: "edge.named", style: { label: "data(label)", color: ink, "font-size": 11, "text-background-color": "#fff",
        "text-background-opacity": 0.0, "line-color": "#D55E00", "target-arrow-color": "#D55E00", width: 2, "text-rotation": "autorotate" } },
    ],
  });
  view.getElementById(told.iri).style({ width: 30, height: 30, "font-size": 16, "font-weight": "bold", "text-valign": "top", "text-margin-y": -6 });
  view.on("mouseover", "node", ({ target }) => target.connectedEdges().addClass("named"));
  view.on("mouseout", "node", ({ target }) => target.connectedEdges().removeClass("named"));
  view.on("tap", "node", ({ target }) => location.assign(`/graph?${new URLSearchParams({ node: target.id() })}`));
  place.dataset.nodes = String(view.nodes().length);
  return view;
}

async function start() {
  const reply = await fetch(`/api/node?${new URLSearchParams({ iri: place.dataset.node })}`);
  const told = reply.ok ? await reply.json() : { nodes: [] };
  place.hidden = told.nodes.length < 2;
  if (place.hidden) return;
  const sheet = document.createElement("meta");
  sheet.id = "__________cytoscape_stylesheet"; // its <style> would be refused; page.css has the rule
  document.head.append(sheet);
  let view, width, waiting;
  new ResizeObserver(() => {
    clearTimeout(waiting);
    waiting = setTimeout(() => {
      if (place.clientWidth === width) return;
      width = place.clientWidth;
      view?.destroy();
      view = draw(told);
    }, view ? 200 : 0);
  }).observe(place);
}

if (place) start();
