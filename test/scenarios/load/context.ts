import type { Face, Fate, History } from "../history/history.ts";
import type { FaultNode } from "../world/node.ts";
import type { FaultWorld } from "../world/world.ts";

/** How to read, after all, what was written by a key: null if there is nothing. */
export type Reader = (client: Client) => Promise<string | null>;

/** What all simulated clients share. */
export class LoadContext {
  readonly world: FaultWorld;
  readonly history: History;
  readonly random: (bound: number) => number;
  /** Once true nobody begins anything new. */
  isOver = false;
  readonly readers = new Map<string, { readonly face: Face; readonly read: Reader }>();

  constructor(world: FaultWorld, history: History, random: (bound: number) => number) {
    this.world = world;
    this.history = history;
    this.random = random;
  }

  /** Notes a write that must last, and how to read it. */
  wrote(face: Face, key: string, value: string, { askedAt, fate, node }: Reply, read: Reader): void {
    this.history.add("wrote", { key, value, askedAt, fate }, node.name);
    this.readers.set(key, { face, read });
  }

  /** Repeats a step about every `ms` until all is over. */
  async every(ms: number, step: () => Promise<void> | void): Promise<void> {
    while (!this.isOver) {
      await step();
      await pause(ms / 2 + this.random(ms));
    }
  }
}

export interface Reply {
  /** Null if none came. */
  readonly status: number | null;
  readonly body: any;
  readonly fate: Fate;
  readonly askedAt: number;
  readonly node: FaultNode;
}

/** How long a client waits for an answer, in ms. */
const PATIENCE_MS = 5_000;
/** How long a client waits before it tries elsewhere, in ms. */
const AGAIN_MS = 150;

/** Speaks HTTP to one node, and to the next one when that fails, as clients behind a load balancer do. */
export class Client {
  readonly #load: LoadContext;
  readonly #face: Face;
  #at: number;

  constructor(load: LoadContext, face: Face, at: number) {
    this.#load = load;
    this.#face = face;
    this.#at = at;
  }

  get node(): FaultNode {
    const { nodes } = this.#load.world;
    return nodes[this.#at % nodes.length]!;
  }

  moveOn(): void {
    this.#at++;
  }

  /** `what` names the request in the history. */
  async ask(
    what: string,
    method: string,
    path: string,
    body?: unknown,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<Reply> {
    const { node } = this;
    const askedAt = performance.now();
    const answer = await this.#fetch(node.url + path, method, body, headers);
    const fate: Fate = answer === null || answer.status >= 500 ? "unknown" : answer.status < 300 ? "done" : "refused";
    this.#load.history.add(
      "asked",
      {
        face: this.#face,
        what,
        askedAt,
        status: answer?.status ?? null,
        fate,
        retryAfter: answer?.retryAfter ?? false,
      },
      node.name,
    );
    if (fate === "unknown") {
      this.moveOn();
      await pause(AGAIN_MS + this.#load.random(AGAIN_MS));
    }
    return { status: answer?.status ?? null, body: answer?.body, fate, askedAt, node };
  }

  /** Asks until it is done or refused; gives up when all is over. */
  async insist(what: string, method: string, path: string, body?: unknown): Promise<Reply> {
    for (;;) {
      const reply = await this.ask(what, method, path, body);
      if (reply.fate !== "unknown" || this.#load.isOver) return reply;
    }
  }

  async #fetch(url: string, method: string, body: unknown, headers: Readonly<Record<string, string>>) {
    try {
      const response = await fetch(url, {
        method,
        signal: AbortSignal.timeout(PATIENCE_MS),
        headers: body === undefined ? headers : { "content-type": "application/json", ...headers },
        // The runtime asks again by itself when a kept connection turns out to be dead: then it would count as one.
        keepalive: false,
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      const text = await response.text();
      return {
        status: response.status,
        body: parsed(text),
        retryAfter: response.headers.has("retry-after"),
      };
    } catch {
      return null;
    }
  }
}

function parsed(text: string): any {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

export const pause = (ms: number): Promise<void> => new Promise((resume) => setTimeout(resume, ms));

/** Clients of one face at work. */
export interface Population {
  readonly face: Face;
  /** Resolves once its clients have what they need to begin. */
  readonly ready?: Promise<void>;
  /** Ends when all is over and what was begun is done. */
  readonly finished: Promise<unknown>;
  /** Notes what its clients can tell now that all is quiet. */
  testify?(): void | Promise<void>;
  /** Lets go of all connections. */
  close(): void | Promise<void>;
}
