import type { AsyncApiDocument, Message } from "../../src/transport/asyncapi/types.ts";
import { messageChecker, messagesOf } from "../support/asyncapi.ts";
import { frameOf, handshake, OP, RawSocket } from "../support/raw-socket.ts";
import { damaged } from "./bytes.ts";
import type { Campaign } from "./campaign.ts";
import type { Trouble } from "./trouble.ts";
import { Knowledge } from "./knowledge.ts";
import { shotsOf, SOCKETS, type Deed, type SocketShot } from "./socket-plans.ts";
import { gather } from "./socket-crowd.ts";

/** How long a pong may take behind everything that was sent, in ms. */
const PATIENCE_MS = 30_000;

const FENCE = "fence";

/** Messages on every socket the server has, made from its own AsyncAPI document. */
export function socketCampaign(document: AsyncApiDocument): Campaign<SocketShot> {
  const check = messageChecker(document);
  return {
    name: "sockets",
    unit: "messages",
    shot: shotsOf(document),
    most: 1_200,
    async open(world) {
      const knowledge = new Knowledge();
      await gather(world, knowledge);
      const troubles: Trouble[] = [];
      const tally = new Map<string, number>();
      const count = (what: string): void => void tally.set(what, (tally.get(what) ?? 0) + 1);
      const sockets = new Map<string, Seat>();

      const open = async (channel: string, who: number, query: string | null): Promise<Seat> => {
        const path = knowledge.fill(pathOf(document, channel, who, query), {}, 0, encode);
        const socket = await RawSocket.open(world.port, handshake(path));
        count(`opened ${socket.status}`);
        // 505 is the runtime's answer to a path with blanks in it, whose end it takes for the version.
        if (socket.status >= 500 && socket.status !== 503 && socket.status !== 505)
          trouble(channel, `handshake ${socket.status}`, path);
        const seat: Seat = { socket, last: "", pong: null };
        socket.onFrame = ({ opcode, payload }) => {
          if (opcode === OP.text) heard(channel, payload.toString(), seat);
          else if (opcode === OP.ping) socket.write(frameOf(OP.pong, payload));
          else if (opcode === OP.pong && payload.toString() === FENCE) seat.pong?.();
          else if (opcode === OP.close) ended(channel, payload, seat);
        };
        if (channel === "videoChat" && socket.status === 101) socket.write(frameOf(OP.text, "40"));
        return seat;
      };

      const trouble = (channel: string, kind: string, what: string): void => {
        troubles.push({ kind: `${channel}: ${kind}`, what: what.slice(0, 3_000) });
      };

      const ended = (channel: string, payload: Buffer, { last, socket }: Seat): void => {
        const code = payload.length < 2 ? 1005 : payload.readUInt16BE(0);
        count(`closed ${code}`);
        if (code === 1011) trouble(channel, "closed 1011", last);
        // The closing handshake is answered, or the server would wait for it.
        socket.write(frameOf(OP.close, payload.subarray(0, 2)));
      };

      const heard = (channel: string, text: string, seat: Seat): void => {
        count("heard");
        const value = valueOf(channel, text);
        if (value === null) return;
        const { name, body } = value;
        if (typeof body === "object" && body !== null) knowledge.learn(body as Record<string, unknown>, {});
        const fits = messagesOf(document, channel, "send").some(
          ({ message }) => (name === null || message.name === name) && fitsInto(message, body),
        );
        if (!fits) trouble(channel, "a message that is not described", `${text}\n--- behind\n${seat.last}`);
        if (text.includes("Internal server error")) trouble(channel, "internal error", `${text}\n${seat.last}`);
      };
      const fitsInto = (message: Message, body: unknown): boolean => check(message, body) === null;

      const seatOf = async (channel: string, who: number): Promise<Seat> => {
        const key = `${channel} ${who}`;
        const known = sockets.get(key);
        if (known !== undefined && !known.socket.isOver && known.socket.status === 101) return known;
        known?.socket.drop();
        const seat = await open(channel, who, null);
        sockets.set(key, seat);
        return seat;
      };

      const act = async ({ channel, who, deed }: SocketShot): Promise<void> => {
        if (deed.kind === "again") {
          sockets.get(`${channel} ${who}`)?.socket.drop();
          sockets.set(`${channel} ${who}`, await open(channel, who, deed.query));
          return;
        }
        const seat = await seatOf(channel, who);
        seat.last = "text" in deed ? knowledge.fill(deed.text, about(knowledge, channel, who), who, inJson) : deed.kind;
        seat.socket.write(bytesOf(deed, seat.last));
      };

      /** Waits until the server has read what was sent: it answers a ping behind it, or has closed. */
      const fence = async (seat: Seat): Promise<void> => {
        const { socket } = seat;
        if (socket.isOver || socket.status !== 101) return;
        let late: ReturnType<typeof setTimeout> | undefined;
        const answered = new Promise<boolean>((pong) => {
          seat.pong = () => pong(true);
          late = setTimeout(() => pong(false), PATIENCE_MS);
        });
        socket.write(frameOf(OP.ping, FENCE));
        const isThere = await Promise.race([answered, socket.ended.then(() => true)]);
        clearTimeout(late);
        if (!isThere) {
          trouble("all", "no pong", seat.last);
          socket.drop();
        }
      };

      return {
        tally,
        async run(shots) {
          // Each socket's in their order, the sockets beside each other.
          const bySocket = Map.groupBy(shots, ({ channel, who }) => `${channel} ${who}`);
          await Promise.all(
            [...bySocket.values()].map(async (own) => {
              for (const shot of own) await act(shot);
            }),
          );
          // A frame that was damaged may have announced more than came: its socket waits, and so would a ping.
          for (const { channel, who, deed } of shots) {
            if (deed.kind === "damaged") sockets.get(`${channel} ${who}`)?.socket.drop();
          }
          await Promise.all([...sockets.values()].map(fence));
          return troubles.splice(0);
        },
        async close() {
          for (const { socket } of sockets.values()) socket.drop();
        },
      };
    },
  };
}

interface Seat {
  readonly socket: RawSocket;
  /** What it said last. */
  last: string;
  pong: (() => void) | null;
}

/** Sockets of one number are about the same thing, so that they meet. Every fifth reference would be made up. */
function pathOf(document: AsyncApiDocument, channel: string, who: number, query: string | null): string {
  const address = document.channels[channel]!.address.replace(/\{(\w+)\}/g, `\uE000$1:${5 * who + 1}\uE001`);
  if (query !== null && query !== "") return `${address}?${query}`;
  switch (channel) {
    case "rooms":
      return `${address}?roomId=room-${who % 2}`;
    case "coordinatorSignaling":
      return `${address}?peer_id=peer-${who}&session_id=\uE000session_id:${5 * (who >> 1) + 1}\uE001`;
    case "videoChat":
      return `${address}?EIO=4&transport=websocket`;
    default:
      return address;
  }
}

function about(knowledge: Knowledge, channel: string, who: number): Readonly<Record<string, string>> {
  if (channel === "devices") return knowledge.about(["email"], who);
  return channel === "coordinatorSignaling" ? { peer_id: `peer-${(who + 1) % SOCKETS}` } : {};
}

const encode = (value: string): string => encodeURIComponent(value.toWellFormed());
const inJson = (value: string): string => JSON.stringify(value).slice(1, -1);

function bytesOf(deed: Exclude<Deed, { kind: "again" }>, text: string): Buffer {
  switch (deed.kind) {
    case "say":
      return frameOf(OP.text, text);
    case "binary":
      return frameOf(OP.binary, deed.bytes);
    case "control":
      return frameOf(deed.opcode, deed.bytes);
    case "damaged":
      return damaged(frameOf(OP.text, text), frameOf(OP.text, "{}"), deed.damage);
    case "pieces": {
      const bytes = Buffer.from(text);
      const size = Math.ceil(bytes.length / deed.parts) || 1;
      const pieces = Array.from({ length: deed.parts }, (_, at) => bytes.subarray(at * size, (at + 1) * size));
      return Buffer.concat(
        pieces.map((piece, at) =>
          frameOf(at === 0 ? OP.text : OP.continuation, piece, { final: at === deed.parts - 1 }),
        ),
      );
    }
  }
}

/** What a frame says, and as which event; null for what belongs to Engine.IO alone. */
function valueOf(channel: string, text: string): { readonly name: string | null; readonly body: unknown } | null {
  if (channel !== "videoChat") return { name: null, body: JSON.parse(text) };
  if (!text.startsWith("42")) return null;
  const [name, body] = JSON.parse(text.slice(2)) as [string, unknown];
  return { name, body };
}
