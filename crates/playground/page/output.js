// The output view: heat map with data points, losses, legend and the confusion matrix.

import { Heat, SIZE, classColour, drawPoints, pointAt } from "./heat.js";

const AREA = SIZE * SIZE;
const get = (id) => document.getElementById(id);

function lossText(loss) {
  if (!Number.isFinite(loss)) return "–";
  return loss < 1000 ? loss.toFixed(4) : loss.toExponential(2);
}

function shareText(share) {
  return Number.isFinite(share) ? `${(100 * share).toFixed(1)} %` : "–";
}

function setText(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

export function createOutput({ choosePoint }) {
  const canvas = get("output");
  const dots = get("dots");
  const title = get("outputTitle");
  const heat = new Heat(canvas);
  let settings = null;
  let points = new Float64Array();
  let selected = -1;
  let view = null;
  let cells = [];
  let classesShown = "";

  function drawDots() {
    if (!settings) return;
    drawPoints(dots, points, { classCount: settings.classes, showTest: settings.showTestData, radius: 3.5, selected });
  }

  function setData(newPoints, newSettings) {
    points = newPoints;
    settings = newSettings;
    drawDots();
    drawLegend();
  }

  function drawLegend() {
    const chip = (colour, text) => {
      const made = document.createElement("span");
      const swatch = document.createElement("span");
      swatch.className = "swatch dot";
      swatch.style.background = colour;
      made.append(swatch, text);
      return made;
    };
    const names = settings.classNames;
    if (settings.classes > 2) {
      get("legend").replaceChildren(...names.map((name, index) => chip(classColour(index), name)));
    } else {
      const ramp = document.createElement("span");
      ramp.className = "ramp";
      const [low, high] = settings.classes === 2 ? names : ["−1", "1"];
      get("legend").replaceChildren(low, ramp, high);
    }
  }

  function draw(grid) {
    if (view) {
      const values = view.values(grid);
      if (view.share != null) heat.share(values, view.share);
      else heat.signed(values, view.scale, false);
      return;
    }
    const count = settings.classes > 2 ? settings.classes : 1;
    const values = grid.subarray(grid.length - count * AREA);
    if (count > 1) heat.classes(values, count, settings.discretize);
    else heat.signed(values, 1, settings.discretize);
  }

  function show(newView) {
    view = newView;
    setText(title, view ? view.title : "Output");
  }

  function drawNumbers(epoch, [training, test]) {
    setText(get("epoch"), String(epoch));
    setText(get("trainLoss"), lossText(training));
    setText(get("testLoss"), lossText(test));
  }

  function drawJudgement([training, test], confusion) {
    setText(get("trainAccuracy"), shareText(training));
    setText(get("testAccuracy"), shareText(test));
    const table = get("confusion");
    const shape = confusion ? confusion.classes.join("\n") : "";
    if (shape !== classesShown) {
      classesShown = shape;
      table.replaceChildren();
      cells = confusion ? buildTable(table, confusion) : [];
    }
    if (!confusion) return;
    confusion.counts.forEach((row, truth) => {
      const total = row.reduce((sum, count) => sum + count, 0);
      row.forEach((count, told) => {
        const cell = cells[truth][told];
        setText(cell, String(count));
        const strength = total ? Math.round(45 * count / total) : 0;
        cell.style.background = `color-mix(in srgb, var(--${truth === told ? "positive" : "negative"}) ${strength}%, transparent)`;
      });
    });
  }

  function buildTable(table, { classes }) {
    table.createCaption().textContent = "Confusion matrix of the test data: a row for each true class, a column for each answer";
    const top = table.createTHead().insertRow();
    top.append(document.createElement("td"), ...classes.map((name) => heading(name, "col")));
    const body = table.createTBody();
    return classes.map((name) => {
      const row = body.insertRow();
      row.append(heading(name, "row"));
      return classes.map(() => row.insertCell());
    });
  }

  function heading(text, scope) {
    return Object.assign(document.createElement("th"), { textContent: text, scope, title: text });
  }

  function select(index) {
    selected = index;
    drawDots();
  }

  canvas.addEventListener("click", (event) => choosePoint(...pointAt(canvas, event)));
  new ResizeObserver(drawDots).observe(dots);

  return { setData, draw, show, drawNumbers, drawJudgement, select };
}
