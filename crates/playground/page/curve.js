// The loss curve: training and test loss over the epochs.

import { sharpContext } from "./heat.js";

const MARGIN = { top: 12, right: 6, bottom: 6, left: 6 };

export function drawCurve(canvas, triples, theme) {
  const { context, width, height } = sharpContext(canvas);
  const count = triples.length / 3;
  let highest = 0;
  for (let index = 0; index < count; index += 1) {
    for (const loss of [triples[3 * index + 1], triples[3 * index + 2]]) {
      if (Number.isFinite(loss) && loss > highest) highest = loss;
    }
  }
  const floor = height - MARGIN.bottom;
  context.strokeStyle = theme.line;
  context.lineWidth = 1;
  context.beginPath();
  context.moveTo(MARGIN.left, floor + 0.5);
  context.lineTo(width - MARGIN.right, floor + 0.5);
  context.stroke();
  if (count === 0 || highest === 0) return;

  const first = triples[0];
  const last = Math.max(first + 1, triples[3 * (count - 1)]);
  const across = (epoch) => MARGIN.left + (epoch - first) / (last - first) * (width - MARGIN.left - MARGIN.right);
  const down = (loss) => floor - loss / highest * (floor - MARGIN.top);
  const line = (column, colour) => {
    context.beginPath();
    for (let index = 0; index < count; index += 1) {
      const loss = triples[3 * index + column];
      if (Number.isFinite(loss)) context.lineTo(across(triples[3 * index]), down(loss));
    }
    context.strokeStyle = colour;
    context.lineWidth = 1.6;
    context.lineJoin = "round";
    context.stroke();
  };
  line(1, theme.muted);
  line(2, theme.ink);
  context.fillStyle = theme.muted;
  context.font = "10px system-ui, sans-serif";
  context.textBaseline = "top";
  context.textAlign = "right";
  context.fillText(highest.toPrecision(2), width - MARGIN.right, 0);
}
