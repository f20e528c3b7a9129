import type { Kind } from "../../src/faces/operator/wire.ts";
import { listHref, type Filter } from "./address.ts";
import { element } from "./element.ts";
import { stateWords } from "./tone.ts";

/** Narrows a list; the address keeps by what. */
export function filterForm(kind: Kind, filter: Filter, states: readonly string[]): HTMLFormElement {
  const state = element("select", { name: "state" }, new Option("all", ""));
  for (const one of states) state.append(new Option(wordsAmong(one, states), one, false, one === filter.state));
  // A number may lead to several states at once, which nobody can choose.
  if (filter.state?.includes(",")) {
    state.append(new Option(filter.state.split(",").map(stateWords).join(", "), filter.state, false, true));
  }
  const region = element("input", { name: "region", autocomplete: "off", value: filter.region ?? "" });
  const q = element("input", { name: "q", autocomplete: "off", value: filter.q ?? "" });
  const form = element(
    "form",
    { class: "filters", "aria-label": "Filter the list" },
    states.length === 0 ? null : element("label", {}, element("span", {}, "State"), state),
    kind === "hosts" ? element("label", {}, element("span", {}, "Region"), region) : null,
    element("label", {}, element("span", {}, "Contains"), q),
    element("button", {}, "Filter"),
    Object.keys(filter).length === 0 ? null : element("a", { href: listHref(kind) }, "Show all"),
  );
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const wanted = { state: state.value, region: region.value.trim(), q: q.value.trim() };
    const given = Object.entries(wanted).filter(([, value]) => value !== "");
    location.hash = listHref(kind, Object.fromEntries(given));
  });
  return form;
}

/** Two faces may call a state the same in other letters; then the letters tell them apart. */
function wordsAmong(state: string, states: readonly string[]): string {
  const words = stateWords(state);
  return states.filter((one) => stateWords(one) === words).length > 1 ? state : words;
}
