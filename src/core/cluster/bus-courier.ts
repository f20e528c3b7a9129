import type { Bus, Subscription } from "../../ports/bus.ts";
import type { Clock, Timer } from "../../ports/clock.ts";
import { catalogue, type ErrorCode } from "../errors/catalogue.ts";
import { DomainError } from "../errors/errors.ts";
import { ASK_MS, NodeUnreachable, type Courier, type Serve } from "./courier.ts";

type Parcel =
  | { readonly ask: number; readonly from: string; readonly topic: string; readonly body: string }
  | { readonly answer: number; readonly body: string }
  | { readonly refusal: number; readonly code: string; readonly message: string };

interface Pending {
  readonly timer: Timer;
  resolve(body: string): void;
  reject(error: Error): void;
}

/** A courier that publishes to one channel a node. */
export function createBusCourier(deps: {
  readonly node: string;
  readonly bus: Bus;
  readonly clock: Clock;
  failed(error: unknown): void;
}): Courier & { start(): Subscription } {
  const { node, bus, clock, failed } = deps;
  const handlers = new Map<string, Serve>();
  const pending = new Map<number, Pending>();
  let asked = 0;

  const post = (to: string, parcel: Parcel) => bus.publish(channelOf(to), JSON.stringify(parcel));

  const serve = async (topic: string, body: string, from: string): Promise<string> => {
    const handle = handlers.get(topic);
    if (handle === undefined) throw new Error(`nobody serves ${topic}`);
    return handle(body, from);
  };

  const reply = async (parcel: Extract<Parcel, { ask: number }>): Promise<void> => {
    try {
      await post(parcel.from, { answer: parcel.ask, body: await serve(parcel.topic, parcel.body, parcel.from) });
    } catch (error) {
      if (!(error instanceof DomainError)) failed(error);
      const refused = error instanceof DomainError ? error : { code: "internal", message: "the node failed" };
      await post(parcel.from, { refusal: parcel.ask, code: refused.code, message: refused.message });
    }
  };

  const settle = (id: number): Pending | undefined => {
    const one = pending.get(id);
    one?.timer.cancel();
    pending.delete(id);
    return one;
  };

  const hear = (text: string): void => {
    const parcel = JSON.parse(text) as Parcel;
    if ("ask" in parcel) reply(parcel).catch(failed);
    else if ("answer" in parcel) settle(parcel.answer)?.resolve(parcel.body);
    else settle(parcel.refusal)?.reject(errorOf(parcel.code, parcel.message));
  };

  return {
    node,
    serve(topic, handle) {
      handlers.set(topic, handle);
    },
    ask(to, topic, body, withinMs = ASK_MS) {
      const id = ++asked;
      return new Promise((resolve, reject) => {
        const giveUp = (error: Error): void => settle(id)?.reject(error);
        const timer = clock.after(withinMs, () => giveUp(new NodeUnreachable(to)));
        pending.set(id, { timer, resolve, reject });
        post(to, { ask: id, from: node, topic, body }).then(
          (heard) => {
            if (heard === 0) giveUp(new NodeUnreachable(to));
          },
          (error: unknown) => giveUp(error as Error),
        );
      });
    },
    start: () => bus.subscribe(channelOf(node), hear),
  };
}

function channelOf(node: string): string {
  return `node:${node}`;
}

function errorOf(code: string, message: string): Error {
  return Object.hasOwn(catalogue, code) ? new DomainError(code as ErrorCode, message) : new Error(message);
}
