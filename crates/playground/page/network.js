// The picture of the network: features, neurons with thumbnails, links, and the controls of each layer.

import { Heat, SIZE } from "./heat.js";

const AREA = SIZE * SIZE;
const ROW = 56;
const THUMB = 40;
const HEAD = 92;
const FEATURES = 118;
const COLUMN = 88;
const OUTPUT = 58;
const LINKS_A_FRAME = 80;
const SVG = "http://www.w3.org/2000/svg";

function element(tag, properties = {}, ...children) {
  const made = Object.assign(document.createElement(tag), properties);
  made.append(...children);
  return made;
}

function largest(values) {
  return values.reduce((most, value) => Math.max(most, Math.abs(value)), 1e-9);
}

export function createNetwork({ choices, featurePlanes, change, show, edit, describe, value }) {
  const box = document.getElementById("networkBox");
  const stage = document.getElementById("network");
  const linkText = document.getElementById("linkText");
  const hint = linkText.textContent;
  const drawing = document.createElementNS(SVG, "svg");
  drawing.setAttribute("role", "group");
  drawing.setAttribute("aria-label", "Weights; use the arrow keys to move between them, Enter to change one");
  const moving = element("div");
  const features = element("div", { className: "features" }, element("h3", { textContent: "Features" }));
  stage.append(drawing, features, moving);
  stage.style.height = `${HEAD + Math.max(choices.neurons, choices.features.length) * ROW}px`;

  let structure = { layers: [], links: [] };
  let settings = null;
  let links = [];
  let neurons = [];
  let heads = [];
  let turn = 0;

  const featureViews = choices.features.map(({ key, title }, index) => {
    const input = element("input", { type: "checkbox", id: key });
    const canvas = element("canvas", { className: "thumb" });
    const label = element("label", { className: "feature" }, input, element("span", { textContent: title }), canvas);
    label.style.top = `${HEAD + index * ROW}px`;
    features.append(label);
    const plane = featurePlanes.subarray(index * AREA, (index + 1) * AREA);
    const view = { key, label, input, heat: new Heat(canvas), plane, scale: largest(plane) };
    input.addEventListener("change", () => change(key, String(input.checked)));
    preview(label, () => ({ title: `Feature ${title}`, values: () => plane, scale: view.scale }));
    return view;
  });

  function preview(target, view) {
    for (const kind of ["pointerenter", "focusin"]) target.addEventListener(kind, () => show(view()));
    for (const kind of ["pointerleave", "focusout"]) target.addEventListener(kind, () => show(null));
  }

  function tell(index) {
    linkText.textContent = index === null ? hint : `${describe(index)}: ${value(index).toFixed(4)}`;
  }

  // One tab stop for a whole group; the arrow keys move inside it.
  function rove(members, from, to) {
    members[from]?.setAttribute("tabindex", "-1");
    members[to].setAttribute("tabindex", "0");
    members[to].focus();
  }

  function addHead(layer) {
    const count = settings.networkShape[layer - 1];
    const resize = (step) => () => {
      const shape = [...settings.networkShape];
      shape[layer - 1] += step;
      change("networkShape", shape.join(","));
    };
    const button = (id, text, label, step, disabled) => {
      const made = element("button", { type: "button", id, textContent: text, className: "tiny", disabled });
      made.setAttribute("aria-label", label);
      made.addEventListener("click", resize(step));
      return made;
    };
    const select = element("select", { id: `activation-${layer}` });
    select.append(...choices.activations.map((word) => new Option(word, word)));
    select.value = settings.activations[layer - 1];
    select.setAttribute("aria-label", `Activation of layer ${layer}`);
    select.addEventListener("change", () => {
      const words = [...settings.activations];
      words[layer - 1] = select.value;
      change("activations", words.join(","));
    });
    const head = element("div", { className: "layer-head" },
      element("div", {},
        button(`fewer-${layer}`, "−", `Remove a neuron from layer ${layer}`, -1, count <= 1),
        button(`more-${layer}`, "+", `Add a neuron to layer ${layer}`, 1, count >= choices.neurons)),
      element("span", { textContent: count === 1 ? "1 neuron" : `${count} neurons` }), select);
    moving.append(head);
    heads.push({ head, layer });
  }

  function addNeuron(layer, index, plane) {
    const { kind, neurons: members } = structure.layers[layer];
    const { name, bias } = members[index];
    const canvas = element("canvas", { className: "thumb" });
    const button = element("button", { type: "button", className: "neuron", id: `neuron-${layer}-${index + 1}`, tabIndex: -1 }, canvas);
    const many = kind === "output" && members.length > 1;
    const title = kind === "output" ? (many ? `Output for ${name}` : "Output") : `Neuron ${index + 1} of layer ${layer}`;
    button.setAttribute("aria-label", bias === null ? title : `${title}; Enter changes its bias`);
    moving.append(button);
    const neuron = { layer, index, button, plane, heat: new Heat(canvas), share: many, bias, biasShown: null };
    preview(button, () => ({
      title,
      values: (grid) => grid.subarray(plane * AREA, (plane + 1) * AREA),
      scale: 1,
      share: many ? index : null,
    }));
    if (many) {
      neuron.caption = element("span", { className: "caption", textContent: name });
      moving.append(neuron.caption);
    }
    if (bias !== null) {
      neuron.square = element("button", { type: "button", className: "neuron-bias", tabIndex: -1 }, element("i"));
      neuron.square.setAttribute("aria-label", describe(bias));
      neuron.square.addEventListener("click", () => edit(bias, neuron.square, neuron.square.getBoundingClientRect()));
      moving.append(neuron.square);
      // A tap shows the neuron large; only the keyboard (detail 0) opens the editor from here.
      button.addEventListener("click", (event) => {
        if (event.detail === 0) edit(bias, button, button.getBoundingClientRect());
      });
    }
    neurons.push(neuron);
  }

  function addLink({ from, to, weight }, position) {
    const line = document.createElementNS(SVG, "path");
    const target = document.createElementNS(SVG, "path");
    line.setAttribute("class", "link");
    target.setAttribute("class", "link-target");
    target.setAttribute("role", "button");
    target.setAttribute("tabindex", position === 0 ? "0" : "-1");
    target.setAttribute("aria-label", describe(weight));
    target.dataset.link = position;
    drawing.append(line, target);
    links.push({ from, to, weight, line, target, width: null, sign: null, strength: null });
  }

  function build(newStructure, newSettings, changed) {
    structure = newStructure;
    settings = newSettings;
    // also after a choice that was refused, which has left its box as it was clicked
    for (const view of featureViews) {
      view.input.checked = settings.features[view.key] === true;
      view.label.classList.toggle("off", !view.input.checked);
    }
    if (!changed) return;
    const focused = document.activeElement?.id;
    drawing.replaceChildren();
    moving.replaceChildren();
    links = [];
    neurons = [];
    heads = [];
    let plane = 0;
    structure.layers.forEach(({ kind, neurons: members }, layer) => {
      if (kind === "hidden") addHead(layer);
      members.forEach((_, index) => {
        if (kind !== "input") addNeuron(layer, index, plane);
        plane += 1;
      });
    });
    neurons[0]?.button.setAttribute("tabindex", "0");
    structure.links.forEach(addLink);
    const layers = settings.networkShape.length;
    document.getElementById("layerCount").textContent = layers === 1 ? "1 hidden layer" : `${layers} hidden layers`;
    document.getElementById("addLayer").disabled = layers >= choices.layers;
    document.getElementById("removeLayer").disabled = layers === 0;
    place();
    if (focused) document.getElementById(focused)?.focus({ preventScroll: true });
  }

  function place() {
    const hidden = Math.max(0, structure.layers.length - 2);
    const width = Math.max(box.clientWidth, FEATURES + hidden * COLUMN + OUTPUT);
    const step = (width - FEATURES - OUTPUT) / Math.max(1, hidden);
    const active = featureViews.flatMap((view, index) => (view.input.checked ? [index] : []));
    const corner = (layer, index) => {
      if (layer === 0) return [FEATURES - THUMB - 2, HEAD + (active[index] ?? index) * ROW];
      if (layer === structure.layers.length - 1) return [width - OUTPUT + 9, HEAD + index * ROW];
      return [FEATURES + (layer - 0.5) * step - THUMB / 2, HEAD + index * ROW];
    };
    stage.style.width = `${width}px`;
    drawing.setAttribute("width", width);
    drawing.setAttribute("height", stage.offsetHeight);
    for (const { head, layer } of heads) head.style.left = `${FEATURES + (layer - 0.5) * step}px`;
    for (const { layer, index, button, square, caption } of neurons) {
      const [left, top] = corner(layer, index);
      for (const part of [button, square, caption]) {
        if (part) part.style.translate = `${left}px ${top}px`;
      }
    }
    for (const { from, to, line, target } of links) {
      const [fromLeft, fromTop] = corner(...from);
      const [toLeft, toTop] = corner(...to);
      const start = fromLeft + THUMB;
      const bend = (toLeft - start) / 2;
      // Lines into one neuron arrive at different heights, as in a plug with many pins.
      const count = structure.layers[from[0]].neurons.length;
      const arrive = toTop + THUMB / 2 + (from[1] - (count - 1) / 2) * Math.min(4, 28 / count);
      const path = `M${start} ${fromTop + THUMB / 2}C${start + bend} ${fromTop + THUMB / 2} ${toLeft - bend} ${arrive} ${toLeft} ${arrive}`;
      line.setAttribute("d", path);
      target.setAttribute("d", path);
    }
  }

  function paintLink(link, weight) {
    const size = Math.abs(weight);
    const width = Math.round((0.8 + Math.min(7, 1.7 * size)) * 4) / 4;
    const strength = Math.round((0.35 + 0.6 * Math.min(1, size)) * 10) / 10;
    const sign = weight < 0 ? "negative" : "positive";
    if (width !== link.width) link.line.setAttribute("stroke-width", link.width = width);
    if (strength !== link.strength) link.line.setAttribute("stroke-opacity", link.strength = strength);
    if (sign !== link.sign) link.line.setAttribute("stroke", `var(--${link.sign = sign})`);
  }

  // Strokes are the dearest part of a frame: a large network repaints its links every few frames only.
  function draw(grid, parameters, playing) {
    turn = playing ? (turn + 1) % Math.ceil((links.length + 1) / LINKS_A_FRAME) : 0;
    if (turn === 0) for (const link of links) paintLink(link, parameters[link.weight]);
    for (const neuron of neurons) {
      const values = grid.subarray(neuron.plane * AREA, (neuron.plane + 1) * AREA);
      if (neuron.share) neuron.heat.share(values, neuron.index);
      else neuron.heat.signed(values, 1, settings.discretize && neuron.layer === structure.layers.length - 1);
      if (neuron.bias === null) continue;
      const bias = parameters[neuron.bias];
      const strength = Math.round((0.25 + 0.75 * Math.min(1, Math.abs(bias))) * 20) * 5;
      const shown = `color-mix(in srgb, var(--${bias < 0 ? "negative" : "positive"}) ${strength}%, var(--panel))`;
      if (shown !== neuron.biasShown) neuron.square.firstChild.style.background = neuron.biasShown = shown;
    }
  }

  function drawFeatures() {
    for (const { heat, plane, scale } of featureViews) heat.signed(plane, scale, false);
  }

  const linkOf = (event) => links[event.target.dataset?.link];
  drawing.addEventListener("click", (event) => {
    const link = linkOf(event);
    if (link) edit(link.weight, link.target, { left: event.clientX + 8, top: event.clientY + 8 });
  });
  for (const kind of ["pointerover", "focusin"]) {
    drawing.addEventListener(kind, (event) => {
      const link = linkOf(event);
      if (!link) return;
      tell(link.weight);
      if (kind === "focusin") link.target.setAttribute("aria-label", linkText.textContent);
    });
  }
  for (const kind of ["pointerout", "focusout"]) drawing.addEventListener(kind, () => tell(null));
  drawing.addEventListener("keydown", (event) => {
    const link = linkOf(event);
    if (!link) return;
    const position = links.indexOf(link);
    const step = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 }[event.key];
    if (step && links[position + step]) rove(links.map(({ target }) => target), position, position + step);
    else if (event.key === "Enter" || event.key === " ") edit(link.weight, link.target, link.target.getBoundingClientRect());
    else if (!step) return;
    event.preventDefault();
  });
  moving.addEventListener("keydown", (event) => {
    const position = neurons.findIndex(({ button }) => button === event.target);
    const move = { ArrowDown: [0, 1], ArrowUp: [0, -1], ArrowRight: [1, 0], ArrowLeft: [-1, 0] }[event.key];
    if (position < 0 || !move) return;
    event.preventDefault();
    const { layer, index } = neurons[position];
    const column = neurons.filter((other) => other.layer === layer + move[0]);
    const goal = column[Math.min(column.length - 1, index + move[1])];
    if (goal && index + move[1] >= 0) rove(neurons.map(({ button }) => button), position, neurons.indexOf(goal));
  });
  document.getElementById("addLayer").addEventListener("click", () => change("networkShape", [...settings.networkShape, 2].join(",")));
  document.getElementById("removeLayer").addEventListener("click", () => change("networkShape", settings.networkShape.slice(0, -1).join(",")));
  new ResizeObserver(place).observe(box);

  return { build, draw, drawFeatures };
}
