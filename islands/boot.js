// Wakes the islands: loads the WASM and hands each <leptos-island> its server-rendered HTML.
// An external module, because the content security policy allows no inline script. The page includes it as
//   <script type="module" src="/assets/boot.js?v=…" data-learn="/assets/islands_learn.js?v=…"
//    data-learn-wasm="/assets/islands_learn_bg.wasm?v=…" data-desk="/assets/islands_desk.js?v=…" data-desk-wasm="…">
// There are two sets of islands: what those who learn meet, and all. A page fetches one of them.
// A module has no document.currentScript, so the element is found by its attribute.
const { learn, learnWasm, desk, deskWasm } = document.querySelector("script[data-learn]").dataset;
const found = [...document.querySelectorAll("leptos-island")];

if (found.length) {
  const learning = found.every((island) => /^(Player|FilmProgress|TestPage)_/.test(island.dataset.component));
  const code = await import(learning ? learn : desk);
  await code.default({ module_or_path: learning ? learnWasm : deskWasm });
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
