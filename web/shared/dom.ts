/** The element with this id. Throws if the page has none of the kind: a mistake in the page. */
export function byId<Kind extends HTMLElement>(id: string, kind: abstract new () => Kind): Kind {
  const element = document.getElementById(id);
  if (!(element instanceof kind)) throw new Error(`the page has no ${kind.name} "${id}"`);
  return element;
}

/** The page's state: style sheets and tests read it, people get the sentence. */
export function showState(state: string, sentence: string): void {
  document.body.dataset["state"] = state;
  byId("status", HTMLElement).textContent = sentence;
}
