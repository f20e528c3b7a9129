import { byId } from "../../shared/dom.ts";

const log = byId("log", HTMLOListElement);

/** Adds a line: "own" and "partner" are said by people, "note" is what happened. */
export function addLine(kind: "own" | "partner" | "note", text: string): void {
  const line = document.createElement("li");
  line.className = kind;
  // Never as HTML: a stranger wrote it.
  line.textContent = text;
  log.append(line);
  log.scrollTop = log.scrollHeight;
}

export function clearLog(): void {
  log.replaceChildren();
}
