// The small window in which one weight or bias is changed by hand.

export function createEditor({ name, read, write, explain }) {
  const form = document.getElementById("editor");
  const title = document.getElementById("editorName");
  const input = document.getElementById("editorValue");
  let index = -1;
  let origin = null;

  function close() {
    if (form.hidden) return;
    const inside = form.contains(document.activeElement);
    form.hidden = true;
    if (inside) origin?.focus({ preventScroll: true });
  }

  function open(parameter, element, place) {
    index = parameter;
    origin = element;
    title.textContent = name(index);
    input.value = Number(read(index).toPrecision(6));
    form.hidden = false;
    const left = Math.min(place.left, document.documentElement.clientWidth - form.offsetWidth - 8);
    const top = Math.min(place.top, document.documentElement.clientHeight - form.offsetHeight - 8);
    form.style.left = `${Math.max(8, left)}px`;
    form.style.top = `${Math.max(8, top)}px`;
    input.focus({ preventScroll: true });
    input.select();
  }

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    write(index, input.valueAsNumber);
    close();
  });
  form.addEventListener("keydown", (event) => {
    if (event.key === "Escape") close();
  });
  document.getElementById("editorClose").addEventListener("click", close);
  document.getElementById("editorExplain").addEventListener("click", () => {
    close();
    explain(index);
  });
  document.addEventListener("pointerdown", (event) => {
    if (!form.contains(event.target)) close();
  });

  return { open, close };
}
