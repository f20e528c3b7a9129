import fc from "fast-check";
import type { AsyncApiDocument, Message } from "../../src/transport/asyncapi/types.ts";
import { messagesOf } from "../support/asyncapi.ts";
import { damages, type Damage } from "./bytes.ts";
import { hostileText, hostileValue, nearly } from "./hostile.ts";
import { reference } from "./knowledge.ts";
import { valuesOf } from "./values.ts";

/** What one of the sockets does next. Texts may have references in them. */
export type Deed =
  | { readonly kind: "say"; readonly text: string }
  /** In frames that end at these parts of it. */
  | { readonly kind: "pieces"; readonly text: string; readonly parts: number }
  | { readonly kind: "binary"; readonly bytes: Uint8Array }
  | { readonly kind: "damaged"; readonly text: string; readonly damage: readonly Damage[] }
  | { readonly kind: "control"; readonly opcode: 8 | 9 | 10; readonly bytes: Uint8Array }
  /** Goes, with or without a word, and comes back. */
  | { readonly kind: "again"; readonly query: string };

export interface SocketShot {
  readonly channel: string;
  /** Which of the channel's sockets. */
  readonly who: number;
  readonly deed: Deed;
}

/** Sockets of each channel that are open at a time. */
export const SOCKETS = 6;

const good =
  (weight: number) =>
  <T>(arbitrary: fc.Arbitrary<T>) => ({ weight, arbitrary });

/** Packets of Socket.IO, good and nearly good. */
export function packetsOf(document: AsyncApiDocument): fc.Arbitrary<string> {
  return fc.oneof(...messagesOf(document, "videoChat", "receive").map(({ message }) => textOf("videoChat", message)));
}

/** What clients may send on all channels of the document, and what they may not. */
export function shotsOf(document: AsyncApiDocument): fc.Arbitrary<SocketShot> {
  return fc.oneof(
    ...Object.keys(document.channels).map((channel) => ({
      // Viewers have nothing to say.
      weight: channel === "watchMatch" ? 1 : 8,
      arbitrary: fc.record({
        channel: fc.constant(channel),
        who: fc.nat(SOCKETS - 1),
        deed: deedOf(document, channel),
      }),
    })),
  );
}

function deedOf(document: AsyncApiDocument, channel: string): fc.Arbitrary<Deed> {
  const all = messagesOf(document, channel, "receive").map(({ message }) => textOf(channel, message));
  const text = all.length === 0 ? hostileText : fc.oneof(...all);
  const query = document.channels[channel]!.bindings?.ws.query;
  const asked = query === undefined ? fc.constant({}) : (valuesOf(query, {}) as fc.Arbitrary<object>);
  const bytes = fc.uint8Array({ maxLength: 130 });
  return fc.oneof(
    good(120)(fc.record({ kind: fc.constant("say" as const), text })),
    good(4)(fc.record({ kind: fc.constant("pieces" as const), text, parts: fc.integer({ min: 1, max: 6 }) })),
    good(2)(fc.record({ kind: fc.constant("binary" as const), bytes })),
    good(2)(fc.record({ kind: fc.constant("damaged" as const), text, damage: damages })),
    good(3)(fc.record({ kind: fc.constant("control" as const), opcode: fc.constantFrom(8, 9, 9, 10), bytes })),
    good(1)(
      fc.record({
        kind: fc.constant("again" as const),
        query: asked.map((one) =>
          Object.entries(one)
            .map(([name, value]) => `${name}=${typeof value === "string" ? value : (JSON.stringify(value) ?? "")}`)
            .join("&"),
        ),
      }),
    ),
  );
}

function textOf(channel: string, { name, payload }: Message): fc.Arbitrary<string> {
  const values = payload === undefined ? null : valuesOf(payload.schema, {});
  if (channel === "videoChat") return packetOf(name, values);
  const any = values ?? fc.constant({});
  const said = any.map((value) => JSON.stringify(value) ?? "");
  return fc.oneof(good(12)(said), good(7)(nearly(any)), good(1)(hostileText));
}

/** Socket.IO over Engine.IO: `4` is a message, `2` an event of the main namespace. */
function packetOf(event: string, values: fc.Arbitrary<unknown> | null): fc.Arbitrary<string> {
  const args = values === null ? fc.constant([]) : values.map((value) => [value]);
  const call = args.map((list) => [event, ...list]);
  return fc.oneof(
    good(12)(call.map((list) => `42${JSON.stringify(list)}`)),
    good(6)(nearly(call).map((text) => `42${text}`)),
    good(1)(fc.tuple(hostileText, hostileValue).map(([name, value]) => `42${JSON.stringify([name, value])}`)),
    good(1)(call.map((list) => `42/other,7${JSON.stringify(list)}`)),
    good(1)(
      fc.constantFrom(
        "2",
        "3",
        "40",
        "41",
        "42",
        "43[]",
        '451-["offer",{"_placeholder":true,"num":0}]',
        "44{}",
        "5",
        "6",
        "1",
        "49",
        "0{}",
        "4",
        "",
      ),
    ),
    good(1)(hostileText),
    good(1)(reference("peer_id").map((id) => `42["offer",{"offer":{"to":"${id}"}}]`)),
  );
}
