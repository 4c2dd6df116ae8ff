// The settings outside the network: the selects of the bar, the data sets, sliders and check boxes.

import { drawPoints } from "./heat.js";

const get = (id) => document.getElementById(id);
const SELECTS = ["learningRate", "activation", "regularization", "regularizationRate", "problem", "optimizer", "schedule", "dropout"];
const CHECKS = ["initZero", "showTestData", "discretize"];

function fill(select, options) {
  select.append(...options.map(({ word, title }) => new Option(title, word)));
}

function plain(values) {
  return values.map((value) => ({ word: String(value), title: String(value) }));
}

// A value that came with the address need not be among those the control offers.
function choose(select, value) {
  if (![...select.options].some((option) => option.value === value)) select.add(new Option(value, value));
  select.value = value;
}

export function createControls({ choices, change, samplePoints }) {
  const sliders = {
    percTrainData: { range: choices.share, unit: " %" },
    noise: { range: choices.noise, unit: "" },
    batchSize: { range: choices.batch, unit: "" },
  };
  const offered = {
    learningRate: plain(choices.learningRates),
    activation: plain(choices.activations),
    regularization: plain(choices.regularizations),
    regularizationRate: plain(choices.regularizationRates),
    problem: [{ word: "classification", title: "Classification" }, { word: "regression", title: "Regression" }],
    optimizer: choices.optimizers,
    schedule: choices.schedules,
    dropout: plain(choices.dropouts),
  };
  for (const id of SELECTS) {
    fill(get(id), offered[id]);
    get(id).addEventListener("change", () => change(id, get(id).value));
  }
  for (const id of CHECKS) get(id).addEventListener("change", () => change(id, String(get(id).checked)));
  get("seed").addEventListener("change", () => change("seed", get("seed").value.trim()));
  for (const [id, { range: [least, most], unit }] of Object.entries(sliders)) {
    Object.assign(get(id), { min: least, max: most });
    get(id).addEventListener("input", () => {
      get(`${id}Value`).textContent = get(id).value + unit;
    });
    get(id).addEventListener("change", () => change(id, get(id).value));
  }

  const sets = [
    ...choices.datasets.map((entry) => ({ ...entry, key: "dataset", problem: "classification" })),
    ...choices.regressions.map((entry) => ({ ...entry, key: "regDataset", problem: "regression", classes: 0 })),
  ].map((entry) => {
    const canvas = document.createElement("canvas");
    const button = Object.assign(document.createElement("button"), {
      type: "button", id: `dataset-${entry.word}`, className: "dataset", title: entry.title,
    });
    button.setAttribute("aria-label", entry.title);
    button.append(canvas);
    button.addEventListener("click", () => change(entry.key, entry.word));
    get("datasets").append(button);
    return { ...entry, canvas, button, points: samplePoints(entry) };
  });

  get("dataset-own").addEventListener("click", () => change(get("problem").value === "regression" ? "regDataset" : "dataset", "own"));

  function drawDatasets() {
    for (const { canvas, button, points, classes } of sets) {
      if (!button.hidden) drawPoints(canvas, points, { classCount: classes, showTest: true, radius: 1.5 });
    }
  }

  function update(settings) {
    for (const id of SELECTS) choose(get(id), String(settings[id]));
    for (const id of CHECKS) get(id).checked = settings[id] === true;
    get("seed").value = settings.seed;
    for (const [id, { unit }] of Object.entries(sliders)) {
      get(id).value = settings[id];
      get(`${id}Value`).textContent = settings[id] + unit;
    }
    for (const { word, key, problem, button } of sets) {
      button.hidden = problem !== settings.problem;
      button.setAttribute("aria-pressed", String(!settings.ownData && settings[key] === word));
    }
    get("dataset-own").hidden = !settings.ownWaits;
    get("noise").disabled = settings.ownData;
    get("ownData").textContent = settings.ownData ? `Your file is loaded: ${settings.rows} points.` : "Or drop a file on the page.";
    drawDatasets();
  }

  return { update, drawDatasets };
}
