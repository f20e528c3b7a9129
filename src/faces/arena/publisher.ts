import { z } from "zod";
import type { MatchStreams } from "../../core/streams/match-streams.ts";
import { DomainError } from "../../core/errors/errors.ts";
import { writeExactJson } from "../../transport/http/exact-json.ts";
import { parseJson } from "../../transport/http/json.ts";
import { problemOf, Refusal } from "../../transport/http/refusal.ts";
import { validate } from "../../transport/http/validate.ts";
import { TOO_MANY, type Meter } from "../../transport/limits/meter.ts";
import type { Connection, LiveSocket, MessageRule } from "../../transport/websocket/socket.ts";
import { detailOf } from "./errors.ts";
import { fields } from "./fields.ts";
import { jsonRules } from "./schema.ts";
import * as messages from "./stream-messages.ts";
import { endBody, frameBody, framesBody, gameEndBody, startBody } from "./stream-schema.ts";

/**
 * Messages that may wait for those before them, and their characters. At sixty frames a second that is seconds of a store
 * that is stuck.
 */
const MAX_WAITING = 256;
const MAX_WAITING_LENGTH = 2 * 1024 * 1024;

const typed = z.object({ type: fields.outcome });

/** What each type of message does; its other fields are the body that the route of the same name takes. */
const steps: Readonly<Record<string, (streams: MatchStreams, id: string, message: unknown) => Promise<unknown>>> = {
  start: (streams, id, message) => messages.start(streams, id, validate(startBody, message, "body")),
  frames: (streams, id, message) => messages.frames(streams, id, validate(framesBody, message, "body").frames),
  frame: (streams, id, message) => messages.frames(streams, id, [validate(frameBody, message, "body")]),
  game_end: (streams, id, message) => messages.endGame(streams, id, validate(gameEndBody, message, "body")),
  end: (streams, id, message) => messages.end(streams, id, validate(endBody, message, "body")),
};

/** Counted before it is read, so all are of one class. */
const RULE: MessageRule = { policy: "connected", counts: "frames" };

/** Whoever was let in streams the match that the path names, and no other. */
export const publisherMessages: Readonly<Record<string, MessageRule>> = Object.fromEntries(
  Object.keys(steps).map((type) => [type, RULE]),
);

/** One who streams a match over a socket. What it sends is taken in order; what cannot be is answered with an error. */
export class PublisherConnection implements Connection {
  readonly #id: string;
  readonly #streams: MatchStreams;
  readonly #meter: Meter;
  readonly #failed: (error: unknown) => void;
  #socket: LiveSocket | null = null;
  #waiting = 0;
  #length = 0;
  #last: Promise<void> = Promise.resolve();

  constructor(id: string, streams: MatchStreams, meter: Meter, failed: (error: unknown) => void) {
    this.#id = id;
    this.#streams = streams;
    this.#meter = meter;
    this.#failed = failed;
  }

  open(socket: LiveSocket): void {
    this.#socket = socket;
  }

  text(text: string): void {
    if (!this.#meter.take(RULE.counts)) {
      this.#refuse(new DomainError("too_many_messages"));
      if (this.#meter.isFlood) this.close(TOO_MANY.code, TOO_MANY.reason);
      return;
    }
    if (this.#waiting >= MAX_WAITING || this.#length + text.length > MAX_WAITING_LENGTH) {
      return this.close(1013, "sending too fast");
    }
    this.#waiting++;
    this.#length += text.length;
    this.#last = this.#last
      .then(() => this.#take(text))
      .finally(() => {
        this.#waiting--;
        this.#length -= text.length;
      });
  }

  binary(): void {
    this.#refuse(new Refusal("bad_json", "This socket takes text."));
  }

  closed(): void {
    this.#socket = null;
  }

  close(code: number, reason: string): void {
    this.#socket?.close(code, reason);
  }

  /** Never rejects, or all that came after it would be lost. */
  async #take(text: string): Promise<void> {
    try {
      const message = parseJson(text, jsonRules);
      const { type } = validate(typed, message, "body");
      const step = Object.hasOwn(steps, type) ? steps[type] : undefined;
      if (step === undefined) throw new Refusal("invalid_field", "Unknown type.", [unknownType(type)]);
      await step(this.#streams, this.#id, message);
    } catch (error) {
      try {
        this.#refuse(error);
      } catch (failure) {
        this.#failed(failure);
        this.close(1011, "internal error");
      }
    }
  }

  #refuse(error: unknown): void {
    const problem = problemOf(error);
    if (problem === null) this.#failed(error);
    this.#meter.answered(problem?.code ?? "internal");
    const detail = detailOf(problem ?? new Refusal("internal"));
    this.#socket?.send(writeExactJson({ type: "error", detail }));
  }
}

function unknownType(type: string) {
  const message = `Input should be ${Object.keys(steps).join(", ")}`;
  return { path: ["body", "type"], kind: "enum", message, input: type.slice(0, 64) };
}
