// Loads the islands of the page and wakes each where it stands. The script
// element says where the bundle is, so that this file is the same for all.

// The islands fetch what they need; the server hands nothing over in scripts.
globalThis.__RESOLVED_RESOURCES = [];
globalThis.__SERIALIZED_ERRORS = [];
globalThis.__INCOMPLETE_CHUNKS = [];

const { module, wasm } = document.querySelector("script[data-module]").dataset;
const islands = await import(module);
await islands.default({ module_or_path: wasm });
islands.hydrate();

for (const island of document.querySelectorAll("leptos-island")) {
  islands[island.dataset.component]?.(island);
}
document.documentElement.dataset.islands = "awake";
