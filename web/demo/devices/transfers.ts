import { byId } from "../../shared/dom.ts";
import type { Transfer } from "../../shared/file-channel.ts";

const list = byId("transfers", HTMLUListElement);
const rows = new Map<string, { readonly row: HTMLLIElement; readonly bar: HTMLProgressElement }>();

/** Shows how far a file has come; one that has arrived becomes a link. */
export function showTransfer(id: string, { direction, name, size, done, file }: Transfer): void {
  const { row, bar } = rows.get(id) ?? begin(id, direction === "in" ? `Receiving ${name}` : `Sending ${name}`);
  bar.max = size || 1;
  bar.value = size === 0 ? 1 : done;
  if (done < size) return;
  if (file === undefined) row.replaceChildren(`Sent ${name}, ${sizeIn(size)}`);
  else {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(file);
    link.download = link.textContent = name;
    // One element, as a row keeps its elements apart.
    const text = document.createElement("span");
    text.append("Received ", link, `, ${sizeIn(size)}`);
    row.replaceChildren(text);
  }
}

export function clearTransfers(): void {
  for (const link of list.querySelectorAll("a")) URL.revokeObjectURL(link.href);
  list.replaceChildren();
  rows.clear();
}

function begin(id: string, text: string) {
  const row = document.createElement("li");
  const bar = document.createElement("progress");
  bar.setAttribute("aria-label", text);
  row.append(text, bar);
  list.append(row);
  const made = { row, bar };
  rows.set(id, made);
  return made;
}

function sizeIn(bytes: number): string {
  if (bytes < 1024) return `${bytes} bytes`;
  const [amount, unit] = bytes < 1024 * 1024 ? [bytes / 1024, "KB"] : [bytes / 1024 / 1024, "MB"];
  return `${amount.toFixed(1)} ${unit}`;
}
