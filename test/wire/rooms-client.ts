import { connect, type Socket } from "node:net";
import { createHash, randomBytes } from "node:crypto";

/** A frame of the server, as JSON. */
export type Frame = { readonly type: string } & Readonly<Record<string, any>>;

export interface Closed {
  readonly code: number;
  readonly reason: string;
}

/** What a test waits for from one connection, in order, with a deadline. */
class Inbox {
  readonly #texts: string[] = [];
  readonly #readers: ((text: string) => void)[] = [];

  push(text: string): void {
    const reader = this.#readers.shift();
    if (reader) reader(text);
    else this.#texts.push(text);
  }

  get size(): number {
    return this.#texts.length;
  }

  text(): Promise<string> {
    const text = this.#texts.shift();
    if (text !== undefined) return Promise.resolve(text);
    return within("a frame", new Promise((reader) => this.#readers.push(reader)));
  }
}

async function within<T>(what: string, promise: Promise<T>, ms = 15_000): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, fail) => {
    timer = setTimeout(() => fail(new Error(`no ${what} within ${ms} ms`)), ms);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** One end of a signaling connection. */
abstract class Client {
  protected readonly inbox = new Inbox();
  protected markClosed!: (closed: Closed) => void;
  readonly #closed = new Promise<Closed>((done) => (this.markClosed = done));
  /** Filled by {@link welcomed}. */
  id = "";
  token = "";

  abstract sendText(text: string): void;
  abstract close(code: number): unknown;

  send(frame: object): void {
    this.sendText(JSON.stringify(frame));
  }

  /** The next frame, exactly as it came. */
  text(): Promise<string> {
    return this.inbox.text();
  }

  /** How many frames have come and were not looked at. */
  unread(): number {
    return this.inbox.size;
  }

  async frame(): Promise<Frame> {
    return JSON.parse(await this.text()) as Frame;
  }

  async welcomed(): Promise<Frame> {
    const welcome = await this.frame();
    if (welcome.type !== "welcome") throw new Error(`no welcome but ${JSON.stringify(welcome)}`);
    this.id = welcome["peerId"] as string;
    this.token = welcome["resumeToken"] as string;
    return welcome;
  }

  /** Every frame that comes before the answer to a frame sent now. Proves that something did not come. */
  async untilNow(): Promise<Frame[]> {
    this.send({ type: "fence" });
    const before: Frame[] = [];
    for (;;) {
      const frame = await this.frame();
      if (frame.type === "error" && frame["code"] === "bad_message") return before;
      before.push(frame);
    }
  }

  closed(): Promise<Closed> {
    return within("close", this.#closed);
  }
}

/** A peer over the platform's own WebSocket, as a browser has it. */
export class Guest extends Client {
  readonly socket: WebSocket;

  constructor(address: string) {
    super();
    this.socket = new WebSocket(address);
    this.socket.onmessage = ({ data }) => this.inbox.push(data as string);
    this.socket.onclose = ({ code, reason }) => this.markClosed({ code, reason });
  }

  sendText(text: string): void {
    this.socket.send(text);
  }

  /** Closes properly, and waits until that is done. */
  async close(code = 1000): Promise<Closed> {
    this.socket.close(code);
    return this.closed();
  }
}

const OPCODE = { continuation: 0, text: 1, binary: 2, close: 8, ping: 9, pong: 10 } as const;

/** A peer over bare TCP, for what no well-behaved library does: no pongs, no reading, a cable pulled out. */
export class RawGuest extends Client {
  /** False: pings are not answered; "first": only the first one, before any frame, is. */
  pongs: boolean | "first" = true;
  /** Pings that came so far. */
  pings = 0;
  readonly #socket: Socket;
  #unread = Buffer.alloc(0);
  #upgraded = false;
  #closing: Closed = { code: 1006, reason: "" };

  constructor(address: string) {
    super();
    const { hostname, port, pathname, search } = new URL(address);
    const key = randomBytes(16).toString("base64");
    const accept = createHash("sha1").update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest("base64");
    this.#socket = connect(Number(port), hostname);
    this.#socket.write(
      `GET ${pathname}${search} HTTP/1.1\r\nHost: ${hostname}:${port}\r\nUpgrade: websocket\r\n` +
        `Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ${key}\r\n\r\n`,
    );
    this.#socket.on("data", (chunk: Buffer) => {
      this.#unread = Buffer.concat([this.#unread, chunk]);
      if (!this.#upgraded) this.#readHandshake(accept);
      if (this.#upgraded) while (this.#readFrame());
    });
    this.#socket.on("error", () => {});
    this.#socket.on("close", () => this.markClosed(this.#closing));
  }

  sendText(text: string): void {
    this.write(OPCODE.text, Buffer.from(text));
  }

  sendBinary(bytes: Uint8Array): void {
    this.write(OPCODE.binary, bytes);
  }

  /** The text in as many frames as there are parts. */
  sendInParts(...parts: readonly string[]): void {
    parts.forEach((part, at) =>
      this.write(at === 0 ? OPCODE.text : OPCODE.continuation, Buffer.from(part), at === parts.length - 1),
    );
  }

  close(code: number): void {
    this.write(OPCODE.close, Buffer.from([code >> 8, code & 255]));
  }

  /** The connection ends without a closing frame, as when a process dies. What was written before still arrives. */
  async lose(): Promise<void> {
    this.#socket.end();
    await this.closed();
  }

  /** The connection breaks off; what is under way may be gone. */
  async reset(): Promise<void> {
    this.#socket.resetAndDestroy();
    await this.closed();
  }

  /** Resolves once the handshake is on its way. */
  connected(): Promise<void> {
    return new Promise((connected) => this.#socket.write("", () => connected()));
  }

  /** The process at this end goes away, and does not wait for the other end to notice. */
  hangUp(): void {
    this.#socket.destroy();
  }

  stopReading(): void {
    this.#socket.pause();
  }

  readOn(): void {
    this.#socket.resume();
  }

  /** Writes one frame, masked as a client must (with zeros, RFC 6455 asks for no more than the bit). */
  write(opcode: number, payload: Uint8Array, final = true): void {
    const { length } = payload;
    const head = [(final ? 0x80 : 0) | opcode];
    if (length < 126) head.push(0x80 | length);
    else if (length < 65_536) head.push(0x80 | 126, length >> 8, length & 255);
    else
      head.push(
        0x80 | 127,
        0,
        0,
        0,
        0,
        (length >>> 24) & 255,
        (length >>> 16) & 255,
        (length >>> 8) & 255,
        length & 255,
      );
    this.#socket.write(Buffer.concat([Buffer.from([...head, 0, 0, 0, 0]), payload]));
  }

  #readHandshake(accept: string): void {
    const end = this.#unread.indexOf("\r\n\r\n");
    if (end < 0) return;
    const head = this.#unread.subarray(0, end).toString();
    if (!head.startsWith("HTTP/1.1 101") || !head.includes(accept)) throw new Error(`not upgraded: ${head}`);
    this.#unread = this.#unread.subarray(end + 4);
    this.#upgraded = true;
  }

  /** Server frames come unmasked and, here, never in parts. */
  #readFrame(): boolean {
    const bytes = this.#unread;
    if (bytes.length < 2) return false;
    let length = bytes[1]! & 127;
    let start = 2;
    if (length === 126) {
      if (bytes.length < 4) return false;
      length = bytes.readUInt16BE(2);
      start = 4;
    } else if (length === 127) {
      if (bytes.length < 10) return false;
      length = Number(bytes.readBigUInt64BE(2));
      start = 10;
    }
    if (bytes.length < start + length) return false;
    const payload = bytes.subarray(start, start + length);
    this.#unread = bytes.subarray(start + length);
    this.#handle(bytes[0]! & 15, payload);
    return true;
  }

  #handle(opcode: number, payload: Buffer): void {
    if (opcode === OPCODE.text) this.inbox.push(payload.toString());
    else if (opcode === OPCODE.ping) {
      this.pings++;
      if (this.pongs === true || (this.pongs === "first" && this.pings === 1)) this.write(OPCODE.pong, payload);
    } else if (opcode === OPCODE.close) {
      this.#closing = {
        code: payload.length < 2 ? 1005 : payload.readUInt16BE(0),
        reason: payload.subarray(2).toString(),
      };
      this.#socket.end();
    }
  }
}
