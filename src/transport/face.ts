import type { Server as SocketIoServer } from "socket.io";
import type { RouteGroup } from "./http/route.ts";
import type { SocketDoc } from "./websocket/documentation.ts";
import type { SocketRoute } from "./websocket/socket.ts";

/** One number for `/metrics`, read when asked. Names are without the `rendezvous_` prefix. */
export interface Figure {
  readonly name: string;
  readonly help: string;
  readonly type: "gauge" | "counter";
  readonly value: number;
  readonly labels?: Readonly<Record<string, string>>;
}

/** What a face gives the server. Everything a face serves goes through here. */
export interface Face {
  /** The folder's name. */
  readonly name: string;
  readonly http: readonly RouteGroup[];
  readonly sockets?: readonly SocketRoute[];
  /** Set if the face speaks Socket.IO; called once, before the server listens. */
  readonly socketIo?: (io: SocketIoServer) => void;
  /** What its events are, for the generated documentation; asked for with `socketIo`. */
  readonly socketIoDoc?: SocketDoc;
  /** This face's part of `GET /health`. */
  health?(): Promise<Readonly<Record<string, unknown>>>;
  /** This face's part of `GET /metrics`. */
  figures?(): Promise<readonly Figure[]>;
  /** Background work begins; the server listens. */
  start?(): void;
  /** The server is going down: make no new matches and tell the live sockets. */
  drain?(): void;
  /** Ends what `start` began. */
  stop?(): Promise<void>;
}
