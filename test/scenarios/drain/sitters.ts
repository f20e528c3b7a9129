import { eventually } from "../../support/eventually.ts";

interface Closed {
  readonly code: number;
  /** When, in ms. */
  readonly at: number;
}

/** Peers that sit in rooms of their own, and come back when they are closed. */
export class Sitters {
  readonly #restarts: Closed[][] = [];
  readonly #wsUrl: string;
  readonly #open = new Set<WebSocket>();
  #wanted = 0;
  #isOver = false;

  constructor(wsUrl: string) {
    this.#wsUrl = wsUrl;
  }

  async sit(count: number): Promise<void> {
    for (let n = 0; n < count; n++) this.#sit(`sitter-${this.#wanted++}`);
    await this.seated();
  }

  /** Resolves when all of them are in their rooms. */
  async seated(): Promise<void> {
    await eventually("all are seated", () => this.#open.size === this.#wanted, 20_000);
  }

  /** All closes from now on belong to the next restart. */
  expectRestart(): void {
    this.#restarts.push([]);
  }

  get closes(): readonly Closed[] {
    return this.#restarts.flat();
  }

  stop(): void {
    this.#isOver = true;
    for (const socket of this.#open) socket.close(1000);
  }

  /** How long the closing of each restart took, in ms. */
  spreads(): number[] {
    return this.#restarts.map((closes) => (closes.at(-1)?.at ?? 0) - (closes[0]?.at ?? 0));
  }

  /** The largest part of a restart's closes that came within so many ms. */
  mostWithin(restart: number, ms: number): number {
    const closes = this.#restarts[restart]!;
    const within = closes.map(({ at }) => closes.filter((one) => one.at >= at && one.at < at + ms).length);
    return Math.max(...within) / closes.length;
  }

  #sit(room: string): void {
    if (this.#isOver) return;
    const socket = new WebSocket(`${this.#wsUrl}/signaling?roomId=${room}`);
    let isSeated = false;
    socket.onmessage = ({ data }) => {
      if (!String(data).includes('"welcome"')) return;
      isSeated = true;
      this.#open.add(socket);
    };
    socket.onclose = ({ code }) => {
      this.#open.delete(socket);
      if (isSeated && !this.#isOver) this.#restarts.at(-1)?.push({ code, at: performance.now() });
      setTimeout(() => this.#sit(room), 100 + Math.random() * 200);
    };
  }
}
