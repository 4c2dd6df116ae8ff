// One data point under the lens: its computational graph and the chain rule for one parameter, live.

const get = (id) => document.getElementById(id);

function short(number) {
  return Number(number).toFixed(3).replace("-", "−");
}

export function createExample({ engine, selected }) {
  const columns = get("exampleColumns");
  const text = get("exampleText");
  const invitation = text.textContent;
  let point = -1;
  let names = "";
  let looksAtLoss = false;

  function setHtml(node, html) {
    // The markup comes from the engine, which escapes names taken from files.
    if (node.source !== html) node.innerHTML = node.source = html;
  }

  function render() {
    columns.hidden = point < 0;
    if (point < 0) {
      text.textContent = invitation;
      return;
    }
    const { inputs, target, outputs, loss } = JSON.parse(engine().example(point));
    text.textContent = `Point ${point}: inputs ${inputs.map(short).join(", ")}; target ${target}; `
      + `output ${outputs.map(short).join(", ")}; loss ${short(loss)}.`;
    setHtml(get("graph"), engine().graph(point, get("everything").checked));
    setHtml(get("explanation"), engine().explain(point, Number(get("parameter").value)));
    if (looksAtLoss) showLoss();
    looksAtLoss = false;
  }

  // A large graph is seen from its loss on, where gradients begin: its other end is an empty corner.
  function showLoss() {
    const box = get("graph");
    const loss = [...box.querySelectorAll("text")].find(({ textContent }) => textContent === "E");
    if (!loss) return;
    const [name, frame] = [loss.getBoundingClientRect(), box.getBoundingClientRect()];
    box.scrollLeft = box.scrollWidth;
    box.scrollTop += (name.top + name.bottom - frame.top - frame.bottom) / 2;
  }

  function choose(index) {
    const count = engine().points().length / 4;
    point = Number.isInteger(index) && index >= 0 && index < count ? index : -1;
    get("point").value = point < 0 ? "" : point;
    selected(point);
    looksAtLoss = true;
    render();
  }

  function choosePoint(across, up) {
    choose(engine().click(across, up));
    if (point < 0) text.textContent = "There is no point so near. Click on a point in the output.";
  }

  function update(parameterNames) {
    if (parameterNames.join("\n") !== names) {
      names = parameterNames.join("\n");
      looksAtLoss = true;
      get("parameter").replaceChildren(...parameterNames.map((name, index) => new Option(name, index)));
    }
    const points = engine().points().length / 4;
    get("point").max = points - 1;
    if (point >= points) choose(-1);
  }

  function explain(parameter) {
    get("parameter").value = parameter;
    if (point < 0) choose(0);
    else render();
    get("exampleTitle").scrollIntoView({ block: "start" });
  }

  get("point").addEventListener("change", () => choose(get("point").value === "" ? -1 : get("point").valueAsNumber));
  get("parameter").addEventListener("change", render);
  get("everything").addEventListener("change", () => {
    looksAtLoss = true;
    render();
  });

  return { render, choosePoint, update, explain };
}
