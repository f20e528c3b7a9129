export type Child = Node | string | null;

/** Attributes by name. False and null leave one out, true sets it without a value. */
export type Attributes = Readonly<Record<string, string | boolean | null>>;

/** A new element. What is text stays text: nothing is parsed as HTML. */
export function element<Name extends keyof HTMLElementTagNameMap>(
  name: Name,
  attributes: Attributes = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[Name] {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) setAttribute(made, key, value);
  made.append(...children.filter((child) => child !== null));
  return made;
}

/** Sets it only if it is new, so that nothing is drawn or read out again for nothing. */
export function setText(node: Element, text: string): void {
  if (node.textContent !== text) node.textContent = text;
}

/** Sets it only if it is new; null and false remove it. */
export function setAttribute(node: Element, name: string, value: string | boolean | null): void {
  if (value === null || value === false) node.removeAttribute(name);
  else if (node.getAttribute(name) !== String(value === true ? "" : value)) {
    node.setAttribute(name, value === true ? "" : value);
  }
}
