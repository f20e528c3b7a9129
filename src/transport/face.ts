import type { Server as SocketIoServer } from "socket.io";
import type { Grants } from "./http/policy.ts";
import type { RouteGroup } from "./http/route.ts";
import type { SocketDoc } from "./websocket/documentation.ts";
import type { SocketEvents } from "./socketio/accept.ts";
import type { SocketRoute } from "./websocket/socket.ts";

interface Described {
  readonly name: string;
  readonly help: string;
  readonly labels?: Readonly<Record<string, string>>;
}

/** How many values there were, their sum, and how many were at or below each of the ascending bounds. */
export interface Buckets {
  readonly bounds: readonly number[];
  readonly atMost: readonly number[];
  readonly count: number;
  readonly sum: number;
}

/** One figure for `/metrics`, read when asked. Names are without the `rendezvous_` prefix. */
export type Figure =
  | (Described & { readonly type: "gauge" | "counter"; readonly value: number })
  | (Described & { readonly type: "histogram"; readonly value: Buckets });

/** What a face does over Socket.IO. */
export interface SocketIoPart {
  /** Who may connect, where tokens are asked for. */
  readonly policy: Grants;
  /** What clients send. */
  readonly events: SocketEvents;
  /** Called once, before the server listens. */
  serve(io: SocketIoServer): void;
}

/** What a face gives the server. Everything a face serves goes through here. */
export interface Face {
  /** The folder's name. */
  readonly name: string;
  readonly http: readonly RouteGroup[];
  readonly sockets?: readonly SocketRoute[];
  /** Set if the face speaks Socket.IO. */
  readonly socketIo?: SocketIoPart;
  /** What its events are, for the generated documentation; asked for with `socketIo`. */
  readonly socketIoDoc?: SocketDoc;
  /** This face's part of `GET /health`. */
  health?(): Promise<Readonly<Record<string, unknown>>>;
  /** This face's part of `GET /metrics`. */
  figures?(): Promise<readonly Figure[]>;
  /** Background work begins; the server listens. */
  start?(): void;
  /** The server is going down: make no new matches. Sockets live on until the server ends them, one by one. */
  drain?(): void;
  /** What else is to be given up one by one on the way down, each as the way to do so. */
  holds?(): readonly (() => void)[];
  /** Ends what `start` began. */
  stop?(): Promise<void>;
}
