// Colours and the drawing of planes of values and of data points on canvases.

export const SIZE = 50;
const LOW = -6;
const SPAN = 12;
const STEPS = 255;

const theme = {};

function channels(text) {
  const number = parseInt(text.trim().slice(1), 16);
  return [number >> 16, (number >> 8) & 255, number & 255];
}

function packed(from, to, share) {
  const [red, green, blue] = from.map((value, index) => Math.round(value + (to[index] - value) * share));
  return ((255 << 24) | (blue << 16) | (green << 8) | red) >>> 0;
}

function ramp(colour) {
  // A full-strength plane would hide the points of the same colour.
  return Uint32Array.from({ length: STEPS + 1 }, (_, step) => packed(theme.middle, colour, 0.85 * step / STEPS));
}

export function readTheme() {
  const style = getComputedStyle(document.documentElement);
  const read = (name) => style.getPropertyValue(name).trim();
  theme.middle = channels(read("--heat-middle"));
  theme.ink = read("--text");
  theme.muted = read("--faint");
  theme.line = read("--line");
  theme.edge = read("--point-edge");
  theme.negative = read("--negative");
  theme.positive = read("--positive");
  theme.points = Array.from({ length: 8 }, (_, index) => read(`--class-${index + 1}`));
  theme.shares = theme.points.map((colour) => ramp(channels(colour)));
  const below = ramp(channels(theme.negative)).reverse();
  const above = ramp(channels(theme.positive));
  theme.signed = new Uint32Array(2 * STEPS + 1);
  theme.signed.set(below);
  theme.signed.set(above, STEPS);
  return theme;
}

export function classColour(index) {
  return theme.points[index % theme.points.length];
}

export function targetColour(target, classCount) {
  if (classCount > 2) return classColour(target);
  const strength = Math.min(1, Math.abs(target));
  const share = Math.round(35 + 65 * strength);
  const colour = target < 0 ? theme.negative : theme.positive;
  return strength === 1 ? colour : `color-mix(in srgb, ${colour} ${share}%, ${theme.edge})`;
}

// One canvas of SIZE × SIZE pixels that the style sheet stretches.
export class Heat {
  constructor(canvas) {
    canvas.width = SIZE;
    canvas.height = SIZE;
    this.context = canvas.getContext("2d");
    this.image = this.context.createImageData(SIZE, SIZE);
    this.pixels = new Uint32Array(this.image.data.buffer);
  }

  signed(values, scale, discretize) {
    const { pixels } = this;
    const table = theme.signed;
    for (let index = 0; index < pixels.length; index += 1) {
      const value = values[index] / scale;
      if (discretize) pixels[index] = table[value < 0 ? 0 : 2 * STEPS];
      else pixels[index] = table[Math.round((Math.max(-1, Math.min(1, value)) + 1) * STEPS) || 0];
    }
    this.context.putImageData(this.image, 0, 0);
  }

  share(values, classIndex) {
    const { pixels } = this;
    const table = theme.shares[classIndex % theme.shares.length];
    for (let index = 0; index < pixels.length; index += 1) pixels[index] = table[Math.round(values[index] * STEPS) || 0];
    this.context.putImageData(this.image, 0, 0);
  }

  classes(values, count, discretize) {
    const { pixels } = this;
    const area = pixels.length;
    for (let index = 0; index < area; index += 1) {
      let best = 0;
      for (let other = 1; other < count; other += 1) {
        if (values[other * area + index] > values[best * area + index]) best = other;
      }
      const chance = 1 / count;
      const certainty = discretize ? 1 : (values[best * area + index] - chance) / (1 - chance);
      pixels[index] = theme.shares[best % theme.shares.length][Math.round(certainty * STEPS) || 0];
    }
    this.context.putImageData(this.image, 0, 0);
  }
}

export function sharpContext(canvas) {
  const ratio = window.devicePixelRatio || 1;
  const width = canvas.clientWidth;
  const height = canvas.clientHeight;
  if (canvas.width !== Math.round(width * ratio) || canvas.height !== Math.round(height * ratio)) {
    canvas.width = Math.round(width * ratio);
    canvas.height = Math.round(height * ratio);
  }
  const context = canvas.getContext("2d");
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.clearRect(0, 0, width, height);
  return { context, width, height };
}

// `points` holds x1, x2, target, test; test points get a dark edge, training points a light one.
export function drawPoints(canvas, points, { classCount, showTest, radius, selected = -1 }) {
  const { context, width, height } = sharpContext(canvas);
  const place = (index) => [
    (points[4 * index] - LOW) / SPAN * width,
    (LOW + SPAN - points[4 * index + 1]) / SPAN * height,
  ];
  const circle = (index, size) => {
    const [across, down] = place(index);
    context.beginPath();
    context.arc(across, down, size, 0, 2 * Math.PI);
  };
  for (let index = 0; index < points.length / 4; index += 1) {
    const test = points[4 * index + 3] === 1;
    if (test && !showTest) continue;
    circle(index, radius);
    context.fillStyle = targetColour(points[4 * index + 2], classCount);
    context.fill();
    context.lineWidth = radius > 2 ? 1 : 0.4;
    context.strokeStyle = test ? theme.ink : theme.edge;
    context.stroke();
  }
  if (selected < 0) return;
  circle(selected, radius + 4);
  context.lineWidth = 2.5;
  context.strokeStyle = theme.ink;
  context.stroke();
}

export function pointAt(canvas, event) {
  const box = canvas.getBoundingClientRect();
  return [
    LOW + (event.clientX - box.left) / box.width * SPAN,
    LOW + SPAN - (event.clientY - box.top) / box.height * SPAN,
  ];
}
