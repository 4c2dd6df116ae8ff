// Starts the page: holds the network, runs the training frames, and wires the other modules together.

import { Playground, choices as readChoices } from "./chainrule_playground.js";
import { createControls } from "./controls.js";
import { drawCurve } from "./curve.js";
import { createEditor } from "./editor.js";
import { loadEngine } from "./engine.js";
import { createExample } from "./example.js";
import { createFiles } from "./files.js";
import { SIZE, readTheme } from "./heat.js";
import { attempt, hideMessage, showMessage } from "./message.js";
import { createNetwork } from "./network.js";
import { createOutput } from "./output.js";
import { createPresets } from "./presets.js";

const CURVE_PAUSE = 100;
const DETAIL_PAUSE = 500;
const SPEECH_PAUSE = 2000;
const FRAMES_KEPT = 600;

const get = (id) => document.getElementById(id);
const reducedMotion = matchMedia("(prefers-reduced-motion: reduce)");
const frameTimes = [];
window.frameTimes = frameTimes;

function start() {
  const choices = JSON.parse(readChoices());
  let theme = readTheme();
  let playground = null;
  let settings = null;
  let parameterNames = [];
  let structureText = "";
  let request = 0;
  const last = { frame: 0, draw: 0, curve: 0, detail: 0, speech: 0 };
  const engine = () => playground;

  function borrow(hash, read) {
    const other = new Playground(hash);
    const result = read(other);
    other.free();
    return result;
  }

  function samplePoints({ key, word, problem }) {
    return borrow(`#problem=${problem}&${key}=${word}&noise=0`, (other) => other.points());
  }

  const everyFeature = choices.features.map(({ key }) => `${key}=true`).join("&");
  const featurePlanes = borrow(`#${everyFeature}&networkShape=1`, (other) => other.grid(SIZE));

  const example = createExample({ engine, selected: (index) => output.select(index) });
  const output = createOutput({ choosePoint: example.choosePoint });
  const editor = createEditor({
    name: (index) => parameterNames[index],
    read: (index) => playground.parameters()[index],
    write: (index, value) => {
      attempt(() => playground.set_parameter(index, value));
      draw();
    },
    explain: example.explain,
  });
  const network = createNetwork({
    choices,
    featurePlanes,
    change,
    show: (view) => {
      output.show(view);
      if (!request) drawPlanes();
    },
    edit: editor.open,
    describe: (index) => parameterNames[index],
    value: (index) => playground.parameters()[index],
  });
  const controls = createControls({ choices, change, samplePoints });
  const presets = createPresets({
    presets: choices.presets,
    load: (address) => {
      if (location.hash === `#${address}`) load(address);
      else location.hash = address;
    },
  });
  createFiles({
    engine,
    attempt,
    load: (text, name) => {
      let report = null;
      if (attempt(() => { report = JSON.parse(playground.load_csv(text, name)); })) {
        refresh();
        get("ownData").textContent = report.text;
      }
    },
  });

  function change(key, value) {
    if (attempt(() => playground.set(key, value))) hideMessage();
    refresh();
  }

  function load(hash) {
    pause();
    hideMessage();
    const before = playground;
    playground = new Playground(`#${hash.replace(/^#/, "")}`);
    window.playground = playground;
    before?.free();
    const problems = JSON.parse(playground.problems());
    if (problems.length) showMessage(problems.join(" "));
    refresh();
    if (hash) presets.recognise(hash, playground.address());
  }

  // Reads everything again, after any change that may have made new data or a new network.
  function refresh() {
    editor.close();
    settings = JSON.parse(playground.settings());
    parameterNames = JSON.parse(playground.parameter_names());
    const structure = playground.structure();
    const key = structure + JSON.stringify([settings.networkShape, settings.activations, settings.features]);
    controls.update(settings);
    network.build(JSON.parse(structure), settings, key !== structureText);
    structureText = key;
    output.setData(playground.points(), settings);
    example.update(parameterNames);
    history.replaceState(null, "", `#${playground.address()}`);
    draw();
  }

  function drawPlanes() {
    const grid = playground.grid(SIZE);
    network.draw(grid, playground.parameters(), request !== 0);
    output.draw(grid);
  }

  function drawDetails() {
    const confusion = JSON.parse(playground.confusion() ?? "null");
    output.drawJudgement(playground.accuracy(), confusion);
    example.render();
  }

  function speak() {
    get("spoken").textContent = `Epoch ${playground.epoch()}, training loss ${get("trainLoss").textContent}, test loss ${get("testLoss").textContent}.`;
  }

  function draw() {
    drawPlanes();
    output.drawNumbers(playground.epoch(), playground.losses());
    drawCurve(get("curve"), playground.history(), theme);
    attempt(drawDetails);
  }

  function due(name, now, wait) {
    if (now - last[name] < wait) return false;
    last[name] = now;
    return true;
  }

  function frame(now) {
    request = requestAnimationFrame(frame);
    if (last.frame) {
      frameTimes.push(now - last.frame);
      if (frameTimes.length > FRAMES_KEPT) frameTimes.shift();
    }
    last.frame = now;
    if (!attempt(() => playground.train(1))) {
      pause();
      return;
    }
    if (reducedMotion.matches && !due("draw", now, DETAIL_PAUSE)) return;
    drawPlanes();
    output.drawNumbers(playground.epoch(), playground.losses());
    if (due("curve", now, CURVE_PAUSE)) drawCurve(get("curve"), playground.history(), theme);
    if (due("detail", now, DETAIL_PAUSE) && !attempt(drawDetails)) pause();
    if (due("speech", now, SPEECH_PAUSE)) speak();
  }

  function showPlaying() {
    get("play").classList.toggle("playing", request !== 0);
    get("play").setAttribute("aria-label", request ? "Pause" : "Play");
  }

  function play() {
    last.frame = 0;
    request = requestAnimationFrame(frame);
    showPlaying();
  }

  function pause() {
    if (!request) return;
    cancelAnimationFrame(request);
    request = 0;
    showPlaying();
    draw();
    speak();
  }

  function toggle() {
    if (request) pause();
    else play();
  }

  function once(action) {
    pause();
    attempt(action);
    draw();
    speak();
  }

  get("play").addEventListener("click", toggle);
  get("step").addEventListener("click", () => once(() => playground.train(1)));
  get("stepBatch").addEventListener("click", () => once(() => playground.step_batch()));
  get("reset").addEventListener("click", () => {
    pause();
    attempt(() => playground.reset());
    refresh();
  });
  get("regenerate").addEventListener("click", () => {
    attempt(() => playground.reseed());
    refresh();
  });
  document.addEventListener("keydown", (event) => {
    const free = event.target === document.body || event.target === get("networkBox");
    if (event.key !== " " || !free) return;
    event.preventDefault();
    toggle();
  });
  addEventListener("hashchange", () => load(location.hash));
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => {
    theme = readTheme();
    network.drawFeatures();
    controls.drawDatasets();
    output.setData(playground.points(), settings);
    draw();
  });
  new ResizeObserver(() => drawCurve(get("curve"), playground.history(), theme)).observe(get("curve"));

  network.drawFeatures();
  load(location.hash);
}

try {
  await loadEngine();
  start();
} catch (problem) {
  showMessage(`The page could not start: ${problem instanceof Error ? problem.message : problem}`);
  throw problem;
}
