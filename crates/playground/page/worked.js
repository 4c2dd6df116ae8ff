// The worked backprop example: its stages one after the other, sliders for all of its values, and the error's curve.

import { Worked } from "./chainrule_playground.js";
import { loadEngine } from "./engine.js";
import { attempt, hideMessage, showMessage } from "./message.js";

const element = id => document.getElementById(id);
/** The groups of values, by the first letter of their keys. */
const GROUPS = [["w", "Weights"], ["b", "Biases"], ["i", "Inputs"], ["t", "Targets"], ["r", "Learning rate"]];

let worked;
let at = 0;
let stages = [];
let waiting = false;

function make(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...children);
  return made;
}

function makeFields() {
  const form = element("values");
  const names = JSON.parse(worked.names());
  for (const [letter, legend] of GROUPS) {
    const group = make("fieldset", {}, make("legend", {}, legend));
    for (const { key, title, min, max, step = 0.01 } of names.filter(({ key }) => key[0] === letter)) {
      const slider = make("input", { type: "range", id: `slider-${key}`, min, max, step, "aria-label": `${title}, slider` });
      const number = make("input", { type: "number", id: key, step: "any", title, inputmode: "decimal", "aria-label": title });
      slider.addEventListener("input", () => change(key, slider.valueAsNumber, slider));
      number.addEventListener("input", () => change(key, number.valueAsNumber, number));
      number.addEventListener("change", showFields);
      group.append(make("div", { class: "value" }, make("label", { for: key }, key === "rate" ? "η" : key), slider, number));
    }
    form.append(group);
  }
  form.addEventListener("submit", event => event.preventDefault());
}

/** What the fields show, but not where someone is typing. */
function showFields() {
  for (const { key, value } of JSON.parse(worked.names())) {
    const slider = element(`slider-${key}`);
    const number = element(key);
    // A slider that is held stays under the finger, and a value beyond its end leaves it at that end.
    if (slider !== document.activeElement || Math.abs(slider.valueAsNumber - value) > 1e-9) slider.value = value;
    slider.setAttribute("aria-valuetext", shown(value));
    number.value = shown(value);
    number.removeAttribute("aria-invalid");
  }
}

const shown = value => String(Number(value.toPrecision(9)));

function change(key, value, field) {
  const taken = attempt(() => worked.set(key, value));
  field.setAttribute("aria-invalid", !taken);
  if (!taken) return;
  hideMessage();
  const other = element(field.id === key ? `slider-${key}` : key);
  other.value = field.id === key ? value : shown(value);
  other.removeAttribute("aria-invalid");
  element(`slider-${key}`).setAttribute("aria-valuetext", shown(value));
  // Several events of one frame are one calculation.
  if (waiting) return;
  waiting = true;
  requestAnimationFrame(() => {
    waiting = false;
    calculate();
  });
}

/** Everything anew from the module's values. */
function calculate() {
  stages = JSON.parse(worked.stages());
  showStage();
  showErrors();
  showGraph();
}

function showStage() {
  const stage = stages[at];
  const put = (id, key, what) => {
    // Unchanged text is not put again: a screen reader would read it again.
    if (element(id)[key] !== what) element(id)[key] = what;
  };
  put("stage-title", "textContent", stage.title);
  put("stage-text", "textContent", stage.text);
  put("stage-place", "textContent", `stage ${at + 1} of ${stages.length}`);
  element("stage-drawing").innerHTML = stage.drawing;
  element("stage-html").innerHTML = stage.html;
  element("numbers").tBodies[0].replaceChildren(...stage.numbers.map(row));
  // They keep the focus, which a disabled button would lose.
  element("previous").setAttribute("aria-disabled", at === 0);
  element("next").setAttribute("aria-disabled", at === stages.length - 1);
  for (const [index, button] of [...element("stages").querySelectorAll("button")].entries()) {
    if (index === at) button.setAttribute("aria-current", "step");
    else button.removeAttribute("aria-current");
  }
}

function row({ name, value, slide, agrees }) {
  const verdict = agrees === null ? "–" : agrees ? "✓ yes" : "✗ no";
  const cells = [value, slide ?? "–"].map(text => make("td", {}, text));
  const last = make("td", { class: agrees === null ? "" : agrees ? "yes" : "no" }, verdict);
  return make("tr", {}, make("th", { scope: "row" }, name), ...cells, last);
}

function showErrors() {
  const errors = worked.errors();
  const most = Math.max(...errors, Number.MIN_VALUE);
  // One point more would not be seen.
  const every = Math.ceil(errors.length / 600);
  const points = [];
  for (let step = 0; step < errors.length; step += every) {
    const x = errors.length > 1 ? step / (errors.length - 1) * 300 : 0;
    points.push(`${x.toFixed(1)},${(97 - 94 * errors[step] / most).toFixed(2)}`);
  }
  // A line of one point is not drawn.
  if (points.length === 1) points.push(`300,${points[0].split(",")[1]}`);
  const last = errors.at(-1);
  const digits = number => Number(number.toPrecision(9)).toFixed(9);
  element("errors").firstElementChild.setAttribute("points", points.join(" "));
  element("errors").setAttribute("aria-label",
    `Total error after each step: first ${errors[0].toPrecision(4)}, now ${last.toPrecision(4)}`);
  element("errors-first").textContent = `first ${digits(errors[0])}`;
  element("errors-last").textContent = `now ${digits(last)}`;
  element("total").textContent = digits(last);
  element("iteration").textContent = worked.iteration();
}

function showGraph() {
  if (element("tape").open) element("graph").innerHTML = worked.graph();
}

function go(to) {
  at = Math.min(Math.max(to, 0), stages.length - 1);
  history.replaceState(null, "", `#stage-${at + 1}`);
  showStage();
}

function step(times) {
  attempt(() => {
    for (let done = 0; done < times; done += 1) worked.update();
  });
  showFields();
  calculate();
}

/** The stage that the address asks for, or the first. */
function asked() {
  return Number(/^#stage-(\d+)$/.exec(location.hash)?.[1] ?? 1) - 1;
}

function listen() {
  element("previous").addEventListener("click", () => go(at - 1));
  element("next").addEventListener("click", () => go(at + 1));
  element("apply").addEventListener("click", () => step(1));
  element("apply-100").addEventListener("click", () => step(100));
  element("worked-reset").addEventListener("click", () => {
    attempt(() => worked.reset());
    showFields();
    calculate();
  });
  element("tape").addEventListener("toggle", showGraph);
  addEventListener("hashchange", () => go(asked()));
  addEventListener("keydown", event => {
    const move = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    // Arrows belong to a slider, a field and a box that scrolls.
    const taken = event.target.closest("input, .wide");
    if (!move || taken || event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    go(at + move);
  });
}

async function start() {
  await loadEngine();
  worked = new Worked();
  window.worked = worked;
  stages = JSON.parse(worked.stages());
  for (const [index, { title }] of stages.entries()) {
    const button = make("button", { type: "button" }, title);
    button.addEventListener("click", () => go(index));
    element("stages").firstElementChild.append(make("li", {}, button));
  }
  makeFields();
  showFields();
  listen();
  at = Math.min(Math.max(asked(), 0), stages.length - 1);
  calculate();
}

try {
  await start();
} catch (problem) {
  showMessage(`The page could not start: ${problem instanceof Error ? problem.message : problem}`);
  throw problem;
}
