import { pause, type LoadContext } from "./context.ts";

/** How long a client waits for the server to say that it is in, in ms. */
const PATIENCE_MS = 5_000;

export interface LastingSocketOptions {
  readonly load: LoadContext;
  /** The number of the node to begin with; each connection goes to the next one. */
  readonly node: number;
  /** Where to connect this time, behind the address of the node. */
  path(): string;
  /** Sent once the connection is open. */
  readonly hello?: object;
  /** A connection begins. */
  begins(): void;
  heard(frame: any): void;
  /** The server has let it in. */
  isIn(): boolean;
  /** A connection is over; `node` by its name. */
  ended(code: number, node: string): void;
}

/** A client's WebSocket that is made anew, at the next node, whenever it ends. */
export class LastingSocket {
  readonly #options: LastingSocketOptions;
  #node: number;
  #socket: WebSocket | null = null;
  #isClosed = false;
  /** Connections so far. */
  count = 0;

  constructor(options: LastingSocketOptions) {
    this.#options = options;
    this.#node = options.node;
  }

  get isOpen(): boolean {
    return this.#socket?.readyState === WebSocket.OPEN;
  }

  send(frame: object): void {
    this.#socket?.send(JSON.stringify(frame));
  }

  /** The connection breaks off without a goodbye. */
  breakOff(): void {
    if (this.#socket !== null) cut(this.#socket);
  }

  close(): void {
    this.#isClosed = true;
    this.#socket?.close(1000);
  }

  /** Stays connected until it is closed. */
  async run(): Promise<void> {
    const { load, path, hello, begins, heard, isIn, ended } = this.#options;
    const { world, random } = load;
    while (!this.#isClosed) {
      const node = world.nodes[this.#node++ % world.nodes.length]!;
      const socket = new WebSocket(node.wsUrl + path());
      this.#socket = socket;
      this.count++;
      begins();
      const over = Promise.withResolvers<number>();
      socket.onopen = () => hello !== undefined && socket.send(JSON.stringify(hello));
      socket.onclose = ({ code }) => over.resolve(code);
      socket.onmessage = ({ data }) => {
        if (this.#socket === socket) heard(JSON.parse(data as string));
      };
      // A server that does not even let it in is given up.
      const late = pause(PATIENCE_MS).then(() => (isIn() ? over.promise : 1006));
      const code = await Promise.race([over.promise, late]);
      this.#socket = null;
      cut(socket);
      ended(code, node.name);
      await pause(50 + random(300));
    }
  }
}

function cut(socket: WebSocket): void {
  (socket as WebSocket & { terminate(): void }).terminate();
}
