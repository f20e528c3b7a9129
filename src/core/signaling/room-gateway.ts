import type { Clock, Timer } from "../../ports/clock.ts";
import { DomainError } from "../errors/errors.ts";
import type { Flow, NodeLine } from "./node-line.ts";
import type { PeerLink } from "./peer-link.ts";
import type { ToGateway, ToHome } from "./room-parcel.ts";
import type { Entry, Peer } from "./rooms.ts";

/** How long a home has for seating a peer, in ms. */
const SEAT_MS = 5_000;

/** `elsewhere`: the room has another home; `unreachable`: the home does not answer. */
export type Visit = Peer | "elsewhere" | "unreachable";

interface Entering {
  readonly timer: Timer;
  /** What the home has said so far. The link hears it once it is all there: another home may have to begin anew. */
  readonly heard: Spoken[];
  settle(visit: Visit): void;
  refuse(error: DomainError): void;
}

type Spoken = Extract<ToGateway, { type: "welcome" | "resumed" | "notice" | "signal" }>;

/** A connection of ours whose peer has its seat at another node. */
interface Remote {
  readonly conn: number;
  readonly home: string;
  readonly link: PeerLink;
  readonly flow: Flow;
  readonly isResume: boolean;
  /** Set until the peer is seated. */
  entering: Entering | null;
  /** The number of the last notice the connection was given. */
  written: number | undefined;
  /** The newest confirmation, while it waits on the line. */
  confirm: Extract<ToHome, { type: "confirm" }> | null;
}

export interface RoomGatewayDeps {
  readonly clock: Clock;
  lineTo(node: string): NodeLine;
}

/** The gateway's side: peers that are connected here, of rooms that other nodes run. */
export class RoomGateway {
  readonly #deps: RoomGatewayDeps;
  readonly #remotes = new Map<number, Remote>();
  readonly #byHome = new Map<string, Set<Remote>>();
  #conns = 0;

  constructor(deps: RoomGatewayDeps) {
    this.#deps = deps;
  }

  /** There are peers of ours at this home. */
  has(home: string): boolean {
    return this.#byHome.has(home);
  }

  /**
   * Asks a home to seat a peer.
   *
   * @throws {DomainError} what the home refused with
   */
  enter(home: string, { roomId, subject, resume, received }: Entry, link: PeerLink): Promise<Visit> {
    const { clock, lineTo } = this.#deps;
    const conn = ++this.#conns;
    return new Promise((settle, refuse) => {
      const timer = clock.after(SEAT_MS, () => this.#abandon(remote));
      const remote: Remote = {
        conn,
        home,
        link,
        flow: { underWay: 0 },
        isResume: resume !== undefined,
        entering: { timer, heard: [], settle, refuse },
        written: undefined,
        confirm: null,
      };
      this.#remotes.set(conn, remote);
      this.#byHome.set(home, (this.#byHome.get(home) ?? new Set()).add(remote));
      lineTo(home).post({ type: "enter", conn, room: roomId, subject, resume, received }, remote.flow);
    });
  }

  hear(home: string, event: ToGateway): void {
    if (event.type === "seats") {
      for (const conn of event.conns) if (!this.#remotes.has(conn)) this.#gone(home, conn, "lost");
      return;
    }
    const remote = this.#remotes.get(event.conn);
    if (remote !== undefined) this.#take(remote, event);
    else if (event.type === "signal" || event.type === "notice" || event.type === "seated") {
      this.#gone(home, event.conn, "lost");
    }
  }

  /** What was under way to this home may be lost, or all it had: its peers have to come back. */
  lost(home: string): void {
    for (const remote of [...(this.#byHome.get(home) ?? [])]) this.#abandon(remote);
  }

  /** Asks all homes whether they still have the seats of our connections. */
  compare(): void {
    for (const [home, remotes] of this.#byHome) {
      this.#deps.lineTo(home).post({ type: "connected", conns: [...remotes].map(({ conn }) => conn) });
    }
  }

  #take(remote: Remote, event: Exclude<ToGateway, { type: "seats" }>): void {
    switch (event.type) {
      case "seated":
        return this.#admit(remote)?.settle(this.#peerOf(remote, event.peer));
      case "refused": {
        const entering = this.#admit(remote);
        this.#forget(remote);
        return entering?.refuse(new DomainError(event.code, event.message));
      }
      case "elsewhere":
      case "end": {
        this.#forget(remote);
        const entering = this.#settled(remote);
        if (entering !== null) return entering.settle(event.type === "end" ? "unreachable" : "elsewhere");
        return remote.link.end(event.type === "end" ? event.why : "moved");
      }
      default:
        if (remote.entering === null) this.#say(remote, event);
        else remote.entering.heard.push(event);
    }
  }

  /** Lets the link hear what the home said on entering. */
  #admit(remote: Remote): Entering | null {
    const entering = this.#settled(remote);
    for (const event of entering?.heard ?? []) this.#say(remote, event);
    return entering;
  }

  #say(remote: Remote, event: Spoken): void {
    const { home, conn, link } = remote;
    if (event.type === "welcome") return link.welcome(event.welcome);
    if (event.type === "resumed") return link.resumed(event.recovered);
    if (!this.#remotes.has(conn)) return;
    remote.written ??= event.number - 1;
    if (link.deliver(event.type === "notice" ? event.notice : event, event.number)) {
      remote.written = event.number;
      return;
    }
    this.#forget(remote);
    this.#gone(home, conn, "lost", remote.written);
    link.end("stalled");
  }

  #peerOf(remote: Remote, id: string): Peer {
    const { conn, flow } = remote;
    const isSeated = (): boolean => this.#remotes.has(conn);
    const line = this.#deps.lineTo(remote.home);
    return {
      id,
      send: ({ to, farewell, payload }) => {
        if (!isSeated()) return;
        if (line.isFull(flow)) this.#abandon(remote);
        else line.post({ type: "send", conn, to, farewell, payload }, flow);
      },
      refuse(code, message) {
        if (isSeated()) line.post({ type: "refuse", conn, code, message }, flow);
      },
      confirm(number) {
        if (!isSeated()) return;
        // Only the newest counts, so that one waits at most.
        if (remote.confirm !== null) remote.confirm.number = Math.max(remote.confirm.number, number);
        else {
          remote.confirm = { type: "confirm", conn, number };
          line.post(remote.confirm, flow, () => (remote.confirm = null));
        }
      },
      disconnected: (how) => {
        if (this.#forget(remote)) this.#gone(remote.home, conn, how, remote.written);
      },
    };
  }

  /** Ends a connection whose home is out of reach, and tells the home as soon as it hears again. */
  #abandon(remote: Remote): void {
    if (!this.#forget(remote)) return;
    const entering = this.#settled(remote);
    // A peer that was not welcomed does not come back for the seat it may have got.
    const how = entering === null || remote.isResume ? "lost" : "closed";
    this.#gone(remote.home, remote.conn, how, remote.written);
    if (entering === null) remote.link.end("moved");
    else entering.settle("unreachable");
  }

  #settled(remote: Remote): Entering | null {
    const { entering } = remote;
    entering?.timer.cancel();
    remote.entering = null;
    return entering;
  }

  #gone(home: string, conn: number, how: "closed" | "lost", written?: number): void {
    this.#deps.lineTo(home).post({ type: "gone", conn, how, written });
  }

  #forget(remote: Remote): boolean {
    const remotes = this.#byHome.get(remote.home);
    remotes?.delete(remote);
    if (remotes?.size === 0) this.#byHome.delete(remote.home);
    return this.#remotes.delete(remote.conn);
  }
}
