// Wakes the islands: loads the WASM and hands each <leptos-island> its server-rendered HTML.
// An external module, because the content security policy allows no inline script. The page includes it as
//   <script type="module" src="/assets/boot.js?v=…" data-islands="/assets/islands.js?v=…" data-wasm="/assets/islands_bg.wasm?v=…">
// A module has no document.currentScript, so the element is found by its attribute.
const { islands, wasm } = document.querySelector("script[data-islands]").dataset;
const found = [...document.querySelectorAll("leptos-island")];

if (found.length) {
  const code = await import(islands);
  await code.default({ module_or_path: wasm });
  code.hydrate();
  for (const island of found) {
    // An island that fails leaves its HTML, which works by itself; the others still wake.
    try {
      code[island.dataset.component](island);
      island.dataset.awake = "";
    } catch (error) {
      console.error("island", island.dataset.component, error);
    }
  }
}
