import { z } from "zod";
import { parseJson } from "../http/json.ts";
import { problemOf } from "../http/refusal.ts";
import type { Expiries } from "../limits/expiries.ts";
import type { Connection, LiveSocket } from "./socket.ts";

/** How long somebody who showed nothing at the handshake has to say who it is, in ms. */
const PATIENCE_MS = 10_000;

/** What may come behind the first message while that is looked at: frames, and characters of them. */
const MAX_HELD = { frames: 64, chars: 1024 * 1024 };

/** Ours, in the range RFC 6455 leaves to applications: HTTP's 401 and 403 behind a 4. */
const closes = {
  unknown: { code: 4401, reason: "token required" },
  bad: { code: 4401, reason: "token refused" },
  forbidden: { code: 4403, reason: "forbidden" },
  refused: { code: 1008, reason: "refused" },
  tooMuch: { code: 1013, reason: "too much sent before being let in" },
  unavailable: { code: 1013, reason: "try again later" },
} as const;

const nothing = (): void => undefined;
const notAgain: Admit = () => Promise.reject(new Error("An introduction is made once."));

type Close = (typeof closes)[keyof typeof closes];

const introduction = z.object({ type: z.literal("auth"), token: z.string() });

/** What opening a socket comes to once it is known who is behind it. A Response refuses it. */
export type Admit = (token: string) => Promise<Connection | Response>;

/**
 * Stands in for a connection until its first message, `{"type":"auth","token":…}`, has said who is behind it. Nothing else
 * is handled before that; what comes behind it waits. `began` is called when it opens, and `over` once after that, when
 * nobody waits here any more.
 */
export class Introduction implements Connection {
  #admit: Admit;
  #began: () => void;
  #over: () => void;
  readonly #expiries: Expiries;
  #inner: Connection | null = null;
  #socket: LiveSocket | null = null;
  #stopWaiting = nothing;
  /** What came behind the first message; null before that. */
  #held: (() => void | Promise<void>)[] | null = null;
  #heldChars = 0;
  #isClosed = false;

  constructor(options: { readonly admit: Admit; readonly expiries: Expiries; began(): void; over(): void }) {
    this.#admit = options.admit;
    this.#expiries = options.expiries;
    this.#began = options.began;
    this.#over = options.over;
  }

  open(socket: LiveSocket): void {
    this.#socket = socket;
    this.#began();
    this.#stopWaiting = this.#expiries.after(PATIENCE_MS, () => this.#end(closes.unknown));
  }

  text(text: string): void | Promise<void> {
    if (this.#inner !== null) return this.#inner.text(text);
    if (this.#isClosed) return undefined;
    if (this.#held !== null) return this.#hold(text.length, () => this.#inner?.text(text));
    const token = tokenIn(text);
    if (token === null) return this.#end(closes.unknown);
    this.#held = [];
    return this.#letIn(token);
  }

  binary(): void | Promise<void> {
    if (this.#inner !== null) return this.#inner.binary();
    if (this.#isClosed) return undefined;
    if (this.#held === null) return this.#end(closes.unknown);
    return this.#hold(0, () => this.#inner?.binary());
  }

  pong(mark: string): void {
    this.#inner?.pong?.(mark);
  }

  drained(): void {
    this.#inner?.drained?.();
  }

  closed(code: number, reason: string): void | Promise<void> {
    this.#settle();
    this.#isClosed = true;
    return this.#inner?.closed(code, reason);
  }

  async #letIn(token: string): Promise<void> {
    const socket = this.#socket!;
    try {
      const admitted = await this.#admit(token);
      if (this.#isClosed) return;
      if (admitted instanceof Response) return this.#end(closes.refused);
      this.#settle();
      this.#inner = admitted;
    } catch (error) {
      const problem = problemOf(error);
      this.#end(problem === null ? closes.unavailable : closeFor(problem.status));
      if (problem === null) throw error;
      return;
    }
    const held = this.#held ?? [];
    this.#held = [];
    // Started in order and before anything else can come; whether each ends well is for the face to say.
    await Promise.all([this.#inner.open(socket), ...held.map((event) => event())]);
  }

  #hold(chars: number, event: () => void | Promise<void>): void {
    this.#heldChars += chars;
    this.#held!.push(event);
    if (this.#held!.length > MAX_HELD.frames || this.#heldChars > MAX_HELD.chars) this.#end(closes.tooMuch);
  }

  #end({ code, reason }: Close): void {
    this.#settle();
    this.#isClosed = true;
    this.#socket?.close(code, reason);
  }

  #settle(): void {
    if (this.#inner !== null || this.#isClosed) return;
    this.#stopWaiting();
    this.#over();
    // All three hold the request of the handshake, which would otherwise stay for as long as the socket.
    [this.#admit, this.#began, this.#over] = [notAgain, nothing, nothing];
  }
}

function closeFor(status: number): Close {
  if (status === 401) return closes.bad;
  if (status === 403) return closes.forbidden;
  return status >= 500 ? closes.unavailable : closes.refused;
}

function tokenIn(text: string): string | null {
  try {
    return introduction.parse(parseJson(text)).token;
  } catch {
    return null;
  }
}
