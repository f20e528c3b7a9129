import { DomainError } from "../errors/errors.ts";
import type { Standstill } from "../cluster/standstill.ts";
import type { Flow, NodeLine } from "./node-line.ts";
import type { PeerLink } from "./peer-link.ts";
import type { RoomHomes } from "./room-homes.ts";
import type { ToHome } from "./room-parcel.ts";
import { sendOrRefuse, type Peer, type Rooms } from "./rooms.ts";

export interface RoomVisitsDeps {
  readonly node: string;
  readonly rooms: Rooms;
  readonly homes: RoomHomes;
  readonly standstill: Standstill;
  lineTo(node: string): NodeLine;
  failed(error: unknown): void;
}

/** A peer of a room of ours that is connected to another node. */
interface Visitor {
  /** Null until it is seated. */
  peer: Peer | null;
}

/** The home's side: peers that come in over other nodes, their gateways. */
export class RoomVisits {
  readonly #deps: RoomVisitsDeps;
  readonly #visitors = new Map<string, Map<number, Visitor>>();
  #draining = false;

  constructor(deps: RoomVisitsDeps) {
    this.#deps = deps;
  }

  /** There are peers that came over this gateway. */
  has(gateway: string): boolean {
    return this.#visitors.has(gateway);
  }

  hear(gateway: string, event: ToHome): void {
    if (event.type === "enter") {
      this.#enter(gateway, event).catch((error: unknown) => {
        this.#deps.failed(error);
        this.#forget(gateway, event.conn);
        this.#deps.lineTo(gateway).post({ type: "end", conn: event.conn, why: "moved" });
      });
    } else if (event.type === "connected") {
      for (const conn of event.conns) if (!this.#visitors.get(gateway)?.has(conn)) this.#unknown(gateway, conn);
    } else {
      const visitor = this.#visitors.get(gateway)?.get(event.conn);
      if (visitor !== undefined) this.#pass(gateway, visitor, event);
      // Nothing is lost in silence: whoever goes on talking to a seat that is not there hears so.
      else if (event.type !== "gone") this.#unknown(gateway, event.conn);
    }
  }

  /** What was under way to this gateway may be lost, or all it had: its peers can come back to their seats. */
  lost(gateway: string): void {
    const visitors = [...(this.#visitors.get(gateway) ?? [])];
    this.#visitors.delete(gateway);
    for (const [conn, { peer }] of visitors) {
      this.#deps.lineTo(gateway).post({ type: "end", conn, why: "moved" });
      peer?.disconnected("lost");
    }
  }

  /** Asks all gateways whether they still have the connections that this home has. */
  compare(): void {
    for (const [gateway, visitors] of this.#visitors) {
      this.#deps.lineTo(gateway).post({ type: "seats", conns: [...visitors.keys()] });
    }
  }

  /** From now on nobody is let into a room that is not here already. */
  drain(): void {
    this.#draining = true;
  }

  async #enter(gateway: string, event: Extract<ToHome, { type: "enter" }>): Promise<void> {
    const { node, rooms, homes, standstill, lineTo } = this.#deps;
    const { conn, room, subject, resume, received } = event;
    const line = lineTo(gateway);
    const visitor: Visitor = { peer: null };
    const all = this.#visitors.get(gateway) ?? new Map<number, Visitor>();
    this.#visitors.set(gateway, all.set(conn, visitor));
    const isHere = this.#draining ? homes.keeps(room) : (await homes.locate(room)) === node;
    await standstill.sure();
    // Its connection has ended meanwhile.
    if (this.#visitors.get(gateway)?.get(conn) !== visitor) return;
    if (!isHere || !homes.keeps(room)) {
      this.#forget(gateway, conn);
      line.post({ type: "elsewhere", conn });
      return;
    }
    try {
      visitor.peer = rooms.enter({ roomId: room, subject, resume, received }, this.#linkTo(gateway, conn, line));
      line.post({ type: "seated", conn, peer: visitor.peer.id });
    } catch (error) {
      if (!(error instanceof DomainError)) throw error;
      this.#forget(gateway, conn);
      line.post({ type: "refused", conn, code: error.code, message: error.message });
    }
  }

  #linkTo(gateway: string, conn: number, line: NodeLine): PeerLink {
    const flow: Flow = { underWay: 0 };
    return {
      welcome: (welcome) => line.post({ type: "welcome", conn, welcome }, flow),
      resumed: (recovered) => line.post({ type: "resumed", conn, recovered }, flow),
      deliver(notice, number) {
        if (line.isFull(flow)) return false;
        if (notice.type === "signal") line.post({ type: "signal", conn, number, payload: notice.payload }, flow);
        else line.post({ type: "notice", conn, number, notice }, flow);
        return true;
      },
      end: (why) => {
        if (this.#forget(gateway, conn)) line.post({ type: "end", conn, why });
      },
    };
  }

  #pass(gateway: string, visitor: Visitor, event: Exclude<ToHome, { type: "enter" | "connected" }>): void {
    const { peer } = visitor;
    switch (event.type) {
      case "send":
        if (peer !== null) sendOrRefuse(peer, event);
        return;
      case "refuse":
        return peer?.refuse(event.code, event.message);
      case "confirm":
        return peer?.confirm(event.number);
      case "gone":
        this.#forget(gateway, event.conn);
        return peer?.disconnected(event.how, event.written);
    }
  }

  #unknown(gateway: string, conn: number): void {
    this.#deps.lineTo(gateway).post({ type: "end", conn, why: "moved" });
  }

  #forget(gateway: string, conn: number): boolean {
    const visitors = this.#visitors.get(gateway);
    const isKnown = visitors?.delete(conn) ?? false;
    if (visitors?.size === 0) this.#visitors.delete(gateway);
    return isKnown;
  }
}
