import type { PathAlias } from "../http/aliases.ts";
import type { Caller } from "../http/call.ts";
import { asResponse, type Answer } from "../http/answer.ts";
import type { Policy } from "../http/policy.ts";
import type { Problem } from "../http/refusal.ts";
import { plainRefusal } from "../http/route.ts";
import type { RequestLimit } from "../limits/limit.ts";
import type { SocketDoc } from "./documentation.ts";
import type { Meter } from "../limits/meter.ts";
import type { Letter } from "./backlog.ts";

/** A live WebSocket, as a face sees it. */
export interface LiveSocket {
  /**
   * Writes a text frame. False if the socket is gone or its unsent bytes passed the limit; it is then closed, so that
   * nothing is dropped in silence. Of a burst, frames may go out together at the end of the event loop's turn; whatever
   * else is written here comes behind them, and so does {@link close}.
   *
   * Where it is true, `letter` hears if the socket ends before the text has left this process. A socket that is closed
   * while it has such letters left is cut, so that none of them arrives after all.
   */
  send(text: string, letter?: Letter): boolean;
  /**
   * Writes a text frame with a ping behind it in the same packet. The pong that comes back to
   * {@link Connection.pong} carries `mark` and proves that the frame arrived (RFC 6455: frames are handled in order).
   */
  sendMarked(text: string, mark: string): boolean;
  /** Writes a ping. Its pong carries `mark`, and proves that the other end is still there. */
  ping(mark: string): void;
  /** Writes several text frames in one go, each a message of its own. False as {@link send}. */
  sendAll(texts: readonly string[]): boolean;
  /** From now on, until it leaves, takes what is told to a channel, in order with what is sent to it alone. */
  join(channel: string): void;
  leave(channel: string): void;
  /**
   * Writes several text frames to all sockets that are in a channel; this one need not be. False if one of them may have
   * unsent bytes. None is closed for these here: see {@link bound}.
   */
  tell(channel: string, texts: readonly string[]): boolean;
  /** Closes the socket if its unsent bytes passed the limit, as {@link send} does. */
  bound(): void;
  /** Bytes that were written and that the other end's buffers have not taken yet. */
  readonly buffered: number;
  /** Starts the closing handshake. */
  close(code: number, reason: string): void;
}

/** One connection's handlers. An exception in one is logged and closes the socket 1011; it never ends the process. */
export interface Connection {
  open(socket: LiveSocket): void | Promise<void>;
  /** One text frame, at most the route's `maxMessageBytes`. */
  text(text: string): void | Promise<void>;
  /** A binary frame came; its content is of no use to a text protocol. */
  binary(): void | Promise<void>;
  pong?(mark: string): void;
  /** Everything that was {@link LiveSocket.buffered} has gone out. */
  drained?(): void;
  /** The socket is gone. 1006: it was lost, no closing frame came. */
  closed(code: number, reason: string): void | Promise<void>;
}

/** A wish to open a socket. */
export interface Handshake {
  readonly request: Request;
  readonly url: URL;
  /** Path parameters, percent-decoded. */
  readonly params: Readonly<Record<string, string>>;
  /** The client's address. */
  readonly address: string;
  /** Who its token says it is. */
  readonly caller: Caller;
  /** Counts what the socket sends. Messages as such are counted already; a face counts what they turn out to be. */
  readonly meter: Meter;
}

/** Unsent bytes a socket may have, unless its route says otherwise. */
export const MAX_UNSENT_BYTES = 1024 * 1024;

/**
 * Who may send a message on a connection that is open. `connected`: whoever was let in. `introduction`: it says who the
 * sender is, and is checked as such. `registered`: whoever has said so. `member`: whoever is in the room or session, to
 * those in it. `partner`: whoever has been paired, to the partner alone.
 */
export type MessagePolicy = "connected" | "introduction" | "registered" | "member" | "partner";

/** What holds for one kind of message, as data beside its handler. */
export interface MessageRule {
  readonly policy: MessagePolicy;
  /** The class of message whose budgets it counts on. */
  readonly counts: string;
}

/** A path that speaks WebSocket. */
export interface SocketRoute {
  /** `:name` is a parameter. */
  readonly path: string;
  /** Other places where it answers. Metrics know only `path`. */
  readonly aliases?: readonly PathAlias[];
  /** A larger frame closes the socket 1009. */
  readonly maxMessageBytes: number;
  /** What it says of itself; without it, it is left out of the generated documentation. */
  readonly doc?: SocketDoc;
  /** Unsent bytes past which a socket is closed; left out, {@link MAX_UNSENT_BYTES}. */
  readonly maxUnsentBytes?: number | undefined;
  /** Who may connect. There is no default. */
  readonly policy: Policy;
  /** Each kind of message that is understood here. */
  readonly messages: Readonly<Record<string, MessageRule>>;
  /** How often a client may connect; left out, as often as the server says for all. */
  readonly limit?: RequestLimit | undefined;
  /** True: what one socket may send holds for this machine's own sockets, too. */
  readonly metersLocal?: boolean;
  /** Puts what no socket is opened for into the face's own words; left out, into those of no document. */
  readonly refuse?: (problem: Problem, path: string) => Answer;
  /** Called at the handshake; a Response refuses it. */
  accept(handshake: Handshake): Connection | Response | Promise<Connection | Response>;
}

/** What answers a request that wanted, or should have wanted, to become a socket here. */
export function socketRefusal({ path, refuse = plainRefusal }: SocketRoute, problem: Problem): Response {
  return asResponse(refuse(problem, path));
}
