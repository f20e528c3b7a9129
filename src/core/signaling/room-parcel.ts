import type { ErrorCode } from "../errors/catalogue.ts";
import type { Notice, PeerLink, Welcome } from "./peer-link.ts";

/** What a gateway, where a peer is connected, tells the home of its room. `conn` numbers the gateway's connections. */
export type ToHome =
  | {
      readonly type: "enter";
      readonly conn: number;
      readonly room: string;
      readonly subject?: string | undefined;
      readonly resume?: string | undefined;
      readonly received?: number | undefined;
    }
  | {
      readonly type: "send";
      readonly conn: number;
      readonly to?: string | undefined;
      readonly farewell: boolean;
      readonly payload: string;
    }
  | { readonly type: "refuse"; readonly conn: number; readonly code: ErrorCode; readonly message: string }
  | { readonly type: "confirm"; readonly conn: number; number: number }
  /** The connection is gone; `written` as in `Peer.disconnected`. */
  | {
      readonly type: "gone";
      readonly conn: number;
      readonly how: "closed" | "lost";
      readonly written?: number | undefined;
    }
  /** All connections that the gateway takes to be seated at this home. */
  | { readonly type: "connected"; readonly conns: readonly number[] };

/** What a room's home tells the gateway. */
export type ToGateway =
  | { readonly type: "welcome"; readonly conn: number; readonly welcome: Welcome }
  | { readonly type: "resumed"; readonly conn: number; readonly recovered: boolean }
  /** Follows the welcome, or what a resumed peer missed. */
  | { readonly type: "seated"; readonly conn: number; readonly peer: string }
  | {
      readonly type: "notice";
      readonly conn: number;
      readonly number: number;
      readonly notice: Exclude<Notice, { type: "signal" }>;
    }
  | { readonly type: "signal"; readonly conn: number; readonly number: number; readonly payload: string }
  /** Not let in. */
  | { readonly type: "refused"; readonly conn: number; readonly code: ErrorCode; readonly message: string }
  /** Not let in: the room has another home. */
  | { readonly type: "elsewhere"; readonly conn: number }
  | { readonly type: "end"; readonly conn: number; readonly why: Parameters<PeerLink["end"]>[0] }
  /** All connections of the gateway that this home has. */
  | { readonly type: "seats"; readonly conns: readonly number[] };

/** Between any two nodes. */
export type RoomEvent =
  | ToHome
  | ToGateway
  /** A room of yours has been taken over, because you were taken for dead. */
  | { readonly type: "taken" };

/** Events that the other side must hear in any case, or it would keep what nobody has any more. */
export function isEnding({ type }: RoomEvent): boolean {
  return type === "gone" || type === "end" || type === "refused" || type === "elsewhere";
}

/**
 * Events as one text: a line of JSON, behind it the peers' messages as they are. They are long, and full of what JSON
 * would have to escape.
 */
export function writeParcel(events: readonly RoomEvent[]): string {
  const payloads: string[] = [];
  const line = events.map((event) => {
    if (!("payload" in event)) return event;
    payloads.push(event.payload);
    return { ...event, payload: event.payload.length };
  });
  return `${JSON.stringify(line)}\n${payloads.join("")}`;
}

export function readParcel(text: string): readonly RoomEvent[] {
  const end = text.indexOf("\n");
  let from = end + 1;
  return (JSON.parse(text.slice(0, end)) as (RoomEvent | { payload: number })[]).map((event) => {
    if (!("payload" in event)) return event;
    const length = event.payload as number;
    const payload = text.slice(from, from + length);
    from += length;
    return { ...event, payload } as RoomEvent;
  });
}
