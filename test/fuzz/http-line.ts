import type { Socket } from "bun";

export interface Answer {
  readonly status: number;
  readonly headers: ReadonlyMap<string, string>;
  readonly body: Buffer;
  /** Where in what has come it ends. */
  readonly end: number;
}

/** How long an answer may take before the server counts as hung, in ms. */
const PATIENCE_MS = 30_000;

/** A connection that lay idle for longer is not used again: the server may be about to close it, in ms. */
const FRESH_MS = 3_000;

/** One connection that is kept alive, with one request on it at a time. */
export class HttpLine {
  readonly #port: number;
  readonly #surprised: (came: string) => void;
  #socket: Socket | null = null;
  #buffer: Buffer = Buffer.alloc(0);
  #settle: ((answer: Answer | null) => void) | null = null;
  #isHead = false;
  #usedAt = 0;

  /** @param surprised hears what came although nobody asked for it: the end of an answer that was longer than it said */
  constructor(port: number, surprised: (came: string) => void) {
    this.#port = port;
    this.#surprised = surprised;
  }

  /**
   * Sends one request and reads its answer. Null: the server closed the connection without one.
   *
   * @throws {Error} if nothing came for too long
   */
  async send(wire: Buffer, isHead: boolean): Promise<Answer | null> {
    if (performance.now() - this.#usedAt > FRESH_MS) this.close();
    const socket = (this.#socket ??= await this.#connect());
    this.#isHead = isHead;
    this.#buffer = Buffer.alloc(0);
    let late: ReturnType<typeof setTimeout> | undefined;
    const answer = await new Promise<Answer | null>((done, fail) => {
      this.#settle = done;
      late = setTimeout(() => fail(new Error("no answer")), PATIENCE_MS);
      if (!writeAll(socket, wire)) done(null);
    }).finally(() => {
      clearTimeout(late);
      this.#settle = null;
      this.#usedAt = performance.now();
    });
    if (answer === null || answer.headers.get("connection") === "close") this.close();
    return answer;
  }

  close(): void {
    const socket = this.#socket;
    // First, or it would count as lost.
    this.#socket = null;
    socket?.terminate();
  }

  async #connect(): Promise<Socket> {
    return Bun.connect({
      hostname: "127.0.0.1",
      port: this.#port,
      socket: {
        data: (_, chunk) => this.#read(chunk),
        close: (socket) => this.#lost(socket),
        error: (socket) => this.#lost(socket),
        drain: (socket) => flush(socket),
      },
    });
  }

  #disturbed(): void {
    this.#surprised(this.#buffer.toString("latin1").slice(0, 2_000));
    this.close();
  }

  #lost(socket: Socket): void {
    if (this.#socket !== socket) return;
    this.#socket = null;
    this.#settle?.(null);
  }

  #read(chunk: Buffer): void {
    this.#buffer = this.#buffer.length === 0 ? Buffer.from(chunk) : Buffer.concat([this.#buffer, chunk]);
    if (this.#settle === null) return this.#disturbed();
    const answer = readAnswer(this.#buffer, this.#isHead);
    if (answer === null) return;
    if (answer.end < this.#buffer.length) this.#disturbed();
    // A stream has no end: its head has said all.
    // Nor does one go on behind an answer that did not wait for the whole request.
    const isOver = answer.headers.get("content-type") === "text/event-stream" || unsent.has(this.#socket!);
    if (isOver) this.close();
    this.#settle(answer);
  }
}

const unsent = new WeakMap<Socket, Buffer>();

/** False: the connection is gone. */
function writeAll(socket: Socket, bytes: Buffer): boolean {
  const written = socket.write(bytes);
  if (written < 0) return false;
  if (written < bytes.length) unsent.set(socket, bytes.subarray(written));
  return true;
}

function flush(socket: Socket): void {
  const rest = unsent.get(socket);
  if (rest === undefined) return;
  unsent.delete(socket);
  writeAll(socket, rest);
}

/** The first whole answer of what has come; null while there is none. */
export function readAnswer(bytes: Buffer, isHead: boolean): Answer | null {
  const end = bytes.indexOf("\r\n\r\n");
  if (end < 0) return null;
  const [first = "", ...lines] = bytes.toString("latin1", 0, end).split("\r\n");
  const status = Number(/^HTTP\/1\.1 (\d{3})/.exec(first)?.[1] ?? 0);
  if (status >= 100 && status < 200 && status !== 101) {
    const next = readAnswer(bytes.subarray(end + 4), isHead);
    return next === null ? null : { ...next, end: next.end + end + 4 };
  }
  const headers = new Map(
    lines.map((line) => [line.slice(0, line.indexOf(":")).toLowerCase(), line.slice(line.indexOf(":") + 1).trim()]),
  );
  const rest = bytes.subarray(end + 4);
  const none = { status, headers, body: Buffer.alloc(0), end: end + 4 };
  if (isHead || status === 204 || status === 304 || status === 101) return none;
  if (headers.get("content-type") === "text/event-stream") return { ...none, end: bytes.length };
  if (headers.get("transfer-encoding") === "chunked") {
    const chunks = unchunked(rest);
    return chunks === null ? null : { status, headers, body: chunks.body, end: end + 4 + chunks.length };
  }
  const length = Number(headers.get("content-length") ?? 0);
  return rest.length < length ? null : { status, headers, body: rest.subarray(0, length), end: end + 4 + length };
}

function unchunked(bytes: Buffer): { readonly body: Buffer; readonly length: number } | null {
  const parts: Buffer[] = [];
  for (let at = 0; ;) {
    const line = bytes.indexOf("\r\n", at);
    if (line < 0) return null;
    const size = parseInt(bytes.toString("latin1", at, line), 16);
    const end = line + 2 + size;
    if (bytes.length < end + 2) return null;
    if (size === 0) return { body: Buffer.concat(parts), length: end + 2 };
    parts.push(bytes.subarray(line + 2, end));
    at = end + 2;
  }
}
