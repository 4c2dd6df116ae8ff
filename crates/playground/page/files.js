// Files in and out: own data from a CSV file, and the network as Rust source or weights.

const get = (id) => document.getElementById(id);

function save(content, name, type) {
  const address = URL.createObjectURL(new Blob([content], { type }));
  const link = Object.assign(document.createElement("a"), { href: address, download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), 1000);
}

export function createFiles({ engine, attempt, load }) {
  async function read(file) {
    if (file) load(await file.text(), file.name);
  }

  get("csv").addEventListener("change", async () => {
    await read(get("csv").files[0]);
    // The same file, corrected, may be chosen again.
    get("csv").value = "";
  });

  const hasFile = (event) => event.dataTransfer?.types.includes("Files");
  window.addEventListener("dragover", (event) => {
    if (!hasFile(event)) return;
    event.preventDefault();
    get("drop").hidden = false;
  });
  window.addEventListener("dragleave", (event) => {
    if (!event.relatedTarget) get("drop").hidden = true;
  });
  window.addEventListener("drop", (event) => {
    if (!hasFile(event)) return;
    event.preventDefault();
    get("drop").hidden = true;
    read(event.dataTransfer.files[0]);
  });

  get("export-rust").addEventListener("click", () => attempt(() => save(engine().export_rust(), "main.rs", "text/plain")));
  get("export-cargo").addEventListener("click", () => attempt(() => save(engine().export_cargo(), "Cargo.toml", "text/plain")));
  get("export-weights").addEventListener("click", () => {
    attempt(() => save(engine().export_weights(), "weights.safetensors", "application/octet-stream"));
  });
}
