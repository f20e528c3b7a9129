import { eventually } from "../../support/eventually.ts";
import type { RunningServer } from "../../support/server.ts";
import { Device } from "../device.ts";

/** How often each sends, in ms. */
const EACH_MS = 20;

/** A refusal takes no longer than this while the sender's socket is open, in ms. */
const REFUSAL_MS = 1_000;

/** What was sent over one socket. */
interface Talk {
  readonly name: string;
  /** Numbers of messages, with the time when the server had answered something that was sent behind them. */
  readonly heard: Map<number, number>;
  sent: number;
  refused: number;
  endedAt: number;
}

/** Pairs of devices of one person, which number what they send to each other and come back when they are closed. */
export class Messengers {
  readonly closes: number[] = [];
  readonly #wsUrl: string;
  readonly #talks: Talk[] = [];
  readonly #arrived = new Set<string>();
  readonly #twice: string[] = [];
  readonly #open = new Set<Device>();
  readonly #running: Promise<void>[] = [];
  #isOver = false;

  constructor(wsUrl: string) {
    this.#wsUrl = wsUrl;
  }

  get sent(): number {
    return this.#talks.reduce((sum, { sent }) => sum + sent, 0);
  }

  async begin(pairs: number, token: (email: string) => Promise<string>): Promise<void> {
    for (let n = 0; n < pairs; n++) {
      const email = `pair-${process.pid}-${n}@example.com`;
      const person = { email, token: await token(email) };
      this.#running.push(this.#run(person, "a", "b"), this.#run(person, "b", "a"));
    }
    await eventually("all have registered", () => this.#open.size === 2 * pairs, 20_000);
  }

  async end(): Promise<void> {
    this.#isOver = true;
    await Promise.all(this.#running);
  }

  stop(): void {
    this.#isOver = true;
    for (const one of this.#open) one.breakOff();
  }

  /** Messages that arrived twice; and how many more a socket's were heard in good time than arrived or were refused. */
  lost(): string[] {
    const lost = this.#talks.flatMap((talk) => {
      const owed = [...talk.heard].filter(([, at]) => talk.endedAt - at > REFUSAL_MS).map(([number]) => number);
      const missing = owed.filter((number) => !this.#arrived.has(`${talk.name} ${number}`));
      return missing.length > talk.refused ? [`${talk.name}: ${missing.join()}; refused ${talk.refused}`] : [];
    });
    return [...lost, ...this.#twice];
  }

  /** Neither arrived nor refused, because their sender was closed. */
  unknown(): number {
    const total = this.#talks.reduce((sum, { sent, refused }) => sum + sent - refused, 0);
    return Math.max(0, total - this.#arrived.size);
  }

  async #run(person: { email: string; token: string }, own: string, other: string): Promise<void> {
    const to = { email: person.email, device: other };
    while (!this.#isOver) {
      const name = `${person.email}/${own} ${this.#talks.length}`;
      const talk: Talk = { name, heard: new Map(), sent: 0, refused: 0, endedAt: Infinity };
      const hooks = {
        message: (_: unknown, key: string) => {
          if (this.#arrived.has(key)) this.#twice.push(`twice: ${key}`);
          this.#arrived.add(key);
        },
        refused: () => void talk.refused++,
      };
      const via = { wsUrl: this.#wsUrl } as RunningServer;
      const device = await Device.register(via, person, own, hooks).catch(() => null);
      if (device === null) {
        await pause(100);
        continue;
      }
      this.#talks.push(talk);
      this.#open.add(device);
      void device.ended().then(() => (talk.endedAt = performance.now()));
      while (!this.#isOver && device.closed === null) {
        const number = talk.sent++;
        device.send(to, `${name} ${number}`);
        device.fence().then(
          () => talk.heard.set(number, performance.now()),
          () => undefined,
        );
        await pause(EACH_MS);
      }
      this.#open.delete(device);
      if (device.closed !== null) this.closes.push(device.closed.code);
      else {
        // The partner may still have a last word.
        await pause(1.5 * REFUSAL_MS);
        device.breakOff();
        await device.ended();
      }
    }
  }
}

const pause = (ms: number): Promise<void> => new Promise((resume) => setTimeout(resume, ms));
