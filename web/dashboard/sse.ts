export interface ServerEvent {
  readonly event: string;
  readonly data: string;
}

/**
 * Reads server-sent events out of text that comes in pieces (WHATWG HTML, 9.2.6), as far as our server writes them. The
 * browser's own `EventSource` cannot send a token.
 */
export class EventReader {
  #rest = "";
  #event = "";
  #data: string[] = [];

  /** The events that this piece completes. */
  read(piece: string): readonly ServerEvent[] {
    const lines = (this.#rest + piece).split("\n");
    this.#rest = lines.pop()!;
    const complete: ServerEvent[] = [];
    for (const line of lines) {
      if (line !== "") this.#note(line);
      else {
        if (this.#data.length > 0) complete.push({ event: this.#event || "message", data: this.#data.join("\n") });
        this.#event = "";
        this.#data = [];
      }
    }
    return complete;
  }

  #note(line: string): void {
    const colon = line.indexOf(":");
    const [name, value] = colon < 0 ? [line, ""] : [line.slice(0, colon), line.slice(colon + 1).replace(/^ /, "")];
    if (name === "event") this.#event = value;
    else if (name === "data") this.#data.push(value);
  }
}
