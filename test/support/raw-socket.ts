/** A frame as it came over the wire. */
export interface WireFrame {
  readonly final: boolean;
  readonly opcode: number;
  readonly payload: Buffer;
}

/** How a connection ended: the code of the closing frame, null if none came. */
export interface Ending {
  readonly code: number | null;
  readonly reason: string;
}

export const OP = { continuation: 0, text: 1, binary: 2, close: 8, ping: 9, pong: 10 } as const;

/** What a good client asks for; `more` comes behind it, and `left` names headers that are left out. */
export function handshake(path: string, more: readonly string[] = [], left: readonly string[] = []): string {
  const headers = [
    "Host: 127.0.0.1",
    "Upgrade: websocket",
    "Connection: Upgrade",
    "Sec-WebSocket-Version: 13",
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
  ].filter((line) => !left.includes(line.slice(0, line.indexOf(":"))));
  return `${[`GET ${path} HTTP/1.1`, ...headers, ...more].join("\r\n")}\r\n\r\n`;
}

/** A frame of a client, masked (RFC 6455, 5.3). */
export function frameOf(
  opcode: number,
  payload: Uint8Array | string,
  {
    final = true,
    reserved = 0,
    masked = true,
    mask = [1, 2, 3, 4],
  }: Partial<{
    final: boolean;
    reserved: number;
    masked: boolean;
    mask: readonly number[];
  }> = {},
): Buffer {
  const bytes = Buffer.from(payload);
  const flag = masked ? 0x80 : 0;
  const head = [(final ? 0x80 : 0) | (reserved << 4) | opcode];
  if (bytes.length < 126) head.push(flag | bytes.length);
  else if (bytes.length < 65_536) head.push(flag | 126, bytes.length >> 8, bytes.length & 255);
  else head.push(flag | 127, 0, 0, 0, 0, ...[24, 16, 8, 0].map((shift) => (bytes.length >>> shift) & 255));
  if (!masked) return Buffer.concat([Buffer.from(head), bytes]);
  for (let at = 0; at < bytes.length; at++) bytes[at]! ^= mask[at & 3]!;
  return Buffer.concat([Buffer.from([...head, ...mask]), bytes]);
}

/** A WebSocket over bare TCP that does nothing by itself but close when it is told to, and answer nothing. */
export class RawSocket {
  /** The status that the handshake was answered with; 0: none came. */
  status = 0;
  onFrame: (frame: WireFrame) => void = () => undefined;
  readonly ended: Promise<Ending>;
  #isOver = false;
  #socket: Bun.Socket | null = null;
  #buffer: Buffer = Buffer.alloc(0);
  #unsent: Buffer[] = [];
  #ending: Ending = { code: null, reason: "" };
  #upgraded: () => void = () => undefined;
  #end: (ending: Ending) => void = () => undefined;

  private constructor() {
    this.ended = new Promise((end) => (this.#end = end));
  }

  /** Connects, sends `request`, and waits for its answer or the end of the connection. */
  static async open(port: number, request: string | Uint8Array): Promise<RawSocket> {
    const one = new RawSocket();
    const answered = new Promise<void>((upgraded) => (one.#upgraded = upgraded));
    one.#socket = await Bun.connect({
      hostname: "127.0.0.1",
      port,
      socket: {
        data: (_, chunk) => one.#read(chunk),
        drain: () => one.#flush(),
        close: () => one.#over(),
        error: () => one.#over(),
        end: () => one.#over(),
      },
    });
    one.write(Buffer.from(request));
    await Promise.race([answered, one.ended]);
    return one;
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  write(bytes: Uint8Array): void {
    if (this.#isOver) return;
    this.#unsent.push(Buffer.from(bytes));
    if (this.#unsent.length === 1) this.#flush();
  }

  /** Lets go of the connection at once. */
  drop(): void {
    this.#socket?.terminate();
    this.#over();
  }

  #flush(): void {
    for (let bytes = this.#unsent[0]; bytes !== undefined && !this.#isOver; bytes = this.#unsent[0]) {
      const written = this.#socket!.write(bytes);
      if (written < bytes.length) {
        this.#unsent[0] = bytes.subarray(Math.max(0, written));
        return;
      }
      this.#unsent.shift();
    }
  }

  #over(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#socket?.terminate();
    this.#end(this.#ending);
  }

  #read(chunk: Buffer): void {
    this.#buffer = this.#buffer.length === 0 ? Buffer.from(chunk) : Buffer.concat([this.#buffer, chunk]);
    if (this.status === 0) {
      const end = this.#buffer.indexOf("\r\n\r\n");
      if (end < 0) return;
      this.status = Number(/^HTTP\/1\.1 (\d{3})/.exec(this.#buffer.toString("latin1", 0, 16))?.[1] ?? 1);
      this.#buffer = this.#buffer.subarray(end + 4);
      this.#upgraded();
    }
    if (this.status === 101) while (this.#frame());
  }

  #frame(): boolean {
    const bytes = this.#buffer;
    if (bytes.length < 2) return false;
    const short = bytes[1]! & 127;
    const start = short === 126 ? 4 : short === 127 ? 10 : 2;
    if (bytes.length < start) return false;
    const length = short === 126 ? bytes.readUInt16BE(2) : short === 127 ? Number(bytes.readBigUInt64BE(2)) : short;
    if (bytes.length < start + length) return false;
    const payload = bytes.subarray(start, start + length);
    this.#buffer = bytes.subarray(start + length);
    const frame = { final: (bytes[0]! & 0x80) !== 0, opcode: bytes[0]! & 15, payload };
    if (frame.opcode === OP.close) {
      const code = payload.length < 2 ? 1005 : payload.readUInt16BE(0);
      this.#ending = { code, reason: payload.subarray(2).toString() };
    }
    this.onFrame(frame);
    return true;
  }
}
