// The prepared experiments: a list to choose from, and the commentary of the one that is loaded.

const get = (id) => document.getElementById(id);
const bare = (address) => address.replace(/^#/, "");

export function createPresets({ presets, load }) {
  const select = get("presets");
  select.append(...presets.map(({ word, title }) => new Option(title, word)));

  function show(preset) {
    select.value = preset?.word ?? "";
    get("presetText").hidden = !preset;
    if (!preset) return;
    get("presetTitle").textContent = preset.lecture ? `${preset.title} (${preset.lecture})` : preset.title;
    get("presetWords").textContent = preset.text;
  }

  // A shared link to an experiment shows its commentary too.
  function recognise(...addresses) {
    const preset = presets.find(({ address }) => addresses.map(bare).includes(bare(address)));
    if (preset) show(preset);
  }

  select.addEventListener("change", () => {
    const preset = presets.find(({ word }) => word === select.value);
    show(preset);
    if (preset) load(bare(preset.address));
  });
  get("closePreset").addEventListener("click", () => {
    show(null);
    select.focus();
  });

  return { recognise };
}
