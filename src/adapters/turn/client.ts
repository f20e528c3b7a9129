import type { Clock, Timer } from "../../ports/clock.ts";
import type { Random } from "../../ports/random.ts";
import { TurnFailure } from "./failure.ts";
import { decodeMessage, encodeMessage, hasIntegrity, type Attribute, type StunMessage } from "./message.ts";
import { openWire, type Target, type Wire } from "./wire.ts";

export interface ClientOptions {
  readonly clock: Clock;
  readonly random: Random;
  /** How long to wait for the connection, and again for each answer, in ms. */
  readonly timeoutMs: number;
  /** Over UDP, when to send a request again for the first time, in ms; each wait is twice the last. RFC 8489: 500. */
  readonly retransmitMs: number;
}

/** A request to send, and the key to sign it with. */
export interface Request {
  readonly method: number;
  readonly attributes: readonly Attribute[];
  readonly key?: Uint8Array;
}

interface Waiting {
  readonly sent: StunMessage;
  readonly key: Uint8Array | undefined;
  resolve(answer: StunMessage): void;
}

/** One way to one server, one request at a time. */
export class StunClient {
  readonly #options: ClientOptions;
  readonly #transport: Target["transport"];
  readonly #wire: Wire;
  readonly #opened: Promise<void>;
  #waiting: Waiting | null = null;
  #failure: TurnFailure | null = null;
  #fail: (failure: TurnFailure) => void = () => {};
  #heardGarbage = false;

  constructor(target: Target, options: ClientOptions) {
    this.#options = options;
    this.#transport = target.transport;
    let opened = (): void => {};
    const opening = new Promise<void>((resolve) => (opened = resolve));
    this.#wire = openWire(target, {
      opened: () => opened(),
      received: (bytes) => this.#received(bytes),
      failed: (failure) => {
        this.#failure ??= failure;
        this.#fail(failure);
      },
    });
    this.#opened = opening;
  }

  /**
   * Sends a request and returns its answer, a success or an error. Over UDP it is sent again until it is answered
   * (RFC 8489, 6.2.1).
   *
   * @throws {TurnFailure}
   */
  async request({ method, attributes, key }: Request): Promise<StunMessage> {
    await this.#within(this.#opened);
    const transactionId = Buffer.from(this.#options.random.token(12), "base64url");
    const message: StunMessage = { method, class: "request", transactionId, attributes };
    const bytes = encodeMessage(message, key === undefined ? {} : { key });
    const answer = new Promise<StunMessage>((resolve) => {
      this.#waiting = { sent: message, key, resolve };
    });
    const resending = this.#sendUntilStopped(bytes);
    try {
      return await this.#within(answer);
    } finally {
      resending.cancel();
      this.#waiting = null;
    }
  }

  close(): void {
    this.#wire.close();
  }

  /** The promise, unless the way breaks or the time is over first. */
  async #within<Value>(promise: Promise<Value>): Promise<Value> {
    if (this.#failure !== null) throw this.#failure;
    let timer: Timer | undefined;
    const broken = new Promise<never>((_, reject) => {
      this.#fail = reject;
      timer = this.#options.clock.after(this.#options.timeoutMs, () => reject(this.#silence()));
    });
    try {
      return await Promise.race([promise, broken]);
    } finally {
      timer?.cancel();
      this.#fail = () => {};
    }
  }

  #silence(): TurnFailure {
    return this.#heardGarbage
      ? new TurnFailure("not-stun", "what came back was no STUN answer to our request")
      : new TurnFailure("silent", `waited ${this.#options.timeoutMs} ms`);
  }

  #sendUntilStopped(bytes: Buffer): Timer {
    this.#wire.send(bytes);
    // A stream delivers by itself.
    if (this.#transport !== "udp") return { cancel: () => {} };
    let wait = this.#options.retransmitMs;
    const again = (): Timer =>
      this.#options.clock.after(wait, () => {
        this.#wire.send(bytes);
        wait *= 2;
        timer = again();
      });
    let timer = again();
    return { cancel: () => timer.cancel() };
  }

  #received(bytes: Buffer): void {
    const answer = decodeMessage(bytes);
    if (answer === null) {
      this.#heardGarbage = true;
      return;
    }
    if (this.#waiting === null) return;
    const { sent, key, resolve } = this.#waiting;
    const isOurs = answer.method === sent.method && Buffer.from(answer.transactionId).equals(sent.transactionId);
    if (!isOurs || (answer.class !== "success" && answer.class !== "error")) return;
    // RFC 8489, 9.2.5: a success that the server did not sign with our key counts as not received.
    if (answer.class === "success" && key !== undefined && !hasIntegrity(bytes, key)) {
      this.#heardGarbage = true;
      return;
    }
    resolve(answer);
  }
}
