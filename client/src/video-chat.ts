// The one part of the client that needs socket.io-client.
import { io, type Socket } from "socket.io-client";
import { Emitter } from "./emitter.ts";
import { errorOf, PeerFailed, type RendezvousError, Unauthorized } from "./errors.ts";
import { Http, type CallOptions, type ClientOptions } from "./http.ts";
import { IceServers } from "./ice-servers.ts";
import { PeerLink, type PeerSignal } from "./signaling.ts";
import { backoff, pause } from "./time.ts";
import type { Answer } from "./types.ts";
import type { Channels } from "./wire.ts";

type Heard = Channels["videoChat"]["hear"];
/** Who joins. */
export type Profile = Channels["videoChat"]["send"]["join"];
/** A line of text of the partner. `timestamp`: ms since 1970. */
export type ChatMessage = Heard["chat_message"];

/** A partner, and the way to it. */
export interface Match {
  readonly partner: Heard["matched"]["partner"];
  readonly initiator: boolean;
  /** For `connectPeer`, with `channel: null` and tracks added by `prepare`. */
  readonly signaling: PeerLink;
}

/** What the video chat tells. */
export interface VideoChatEvents {
  /** Queued, at this place. */
  waiting: number;
  matched: Match;
  /** The partner went; the server looks for another one. */
  parted: undefined;
  chat: ChatMessage;
  /** The server did not take what was sent, and says why. */
  refused: string;
  /** The connection broke; it comes back by itself, and joins again. */
  lost: undefined;
  /** There is no way back; null: left. */
  closed: RendezvousError | null;
}

/**
 * Strangers who are paired for a video call. Needs the package `socket.io-client`.
 *
 * @example
 * import { VideoChat } from "rendezvous-client/video-chat";
 *
 * const chat = new VideoChat({ url: "http://127.0.0.1:8080" });
 * const [ann, bob] = [
 *   chat.join({ name: "Ann", age: 30, gender: "female" }),
 *   chat.join({ name: "Bob", age: 31, gender: "male" }),
 * ];
 * ann.on("waiting", (place) => console.log("waiting, number", place));
 * // In a page: connectPeer(signaling, { channel: null, prepare: (connection) => … add the tracks … })
 * ann.on("matched", ({ partner, signaling }) => console.log("meet", partner.name, signaling.polite));
 * bob.on("matched", () => bob.say("hello"));
 * ann.on("chat", ({ from, message }) => {
 *   console.log(from, "says", message);
 *   ann.next();
 * });
 * await new Promise<void>((parted) => bob.on("parted", () => parted()));
 * console.log(await chat.stats());
 * ann.leave();
 * bob.leave();
 */
export class VideoChat {
  readonly #http: Http;

  constructor(options?: ClientOptions) {
    this.#http = new Http(options);
  }

  /** Queues for a partner; stays until it leaves. */
  join(profile: Profile): VideoChatUser {
    return new VideoChatUser(this.#http, profile);
  }

  /** How many users, matches and waiting users there are. */
  stats(call?: CallOptions): Promise<Answer<"getVideoChatStats">> {
    return this.#http.json("GET", "/api/stats", call);
  }
}

/**
 * One user of the video chat, with one partner after the other; `VideoChat.join` makes it.
 *
 * @example
 * import { VideoChat, type VideoChatUser } from "rendezvous-client/video-chat";
 *
 * function show(user: VideoChatUser): void {
 *   user.on("parted", () => console.log("the partner has left; looking for another one"));
 *   user.on("refused", (why) => console.log(why));
 *   user.on("lost", () => console.log("the server does not answer; trying again"));
 *   user.on("closed", (error) => console.log("over", error?.message ?? ""));
 * }
 *
 * const user = new VideoChat({ url: "http://127.0.0.1:8080" }).join({ name: "Cat", age: 32, gender: "female" });
 * show(user);
 * user.on("waiting", () => user.leave());
 */
export class VideoChatUser extends Emitter<VideoChatEvents> {
  readonly #http: Http;
  readonly #ice: IceServers;
  readonly #socket: Socket;
  #link: PeerLink | null = null;
  #refusals = 0;
  #isOver = false;

  /** @internal */
  constructor(http: Http, profile: Profile) {
    super();
    this.#http = http;
    this.#ice = new IceServers(http);
    const socket = io(http.url.origin, {
      path: `${http.url.pathname.replace(/\/$/, "")}/socket.io/`,
      auth: (give) => {
        http.tokens.get().then(
          (token) => give(token === null ? {} : { token }),
          () => give({}),
        );
      },
      forceNew: true,
      // Any part of a doubling bound, as elsewhere.
      reconnectionDelay: 250,
      reconnectionDelayMax: 10_000,
      randomizationFactor: 1,
    });
    this.#socket = socket;
    // A connection that comes back is a new user to the server, so that it joins again.
    socket.on("connect", () => {
      this.#refusals = 0;
      socket.emit("join", profile);
    });
    socket.on("connect_error", (error: Error & { readonly data?: { readonly code?: string } }) => {
      this.emit("lost", undefined);
      // Active: it tries again by itself. Otherwise the token was refused.
      if (!socket.active) void this.#again(error.message, error.data?.code);
    });
    socket.on("disconnect", (reason) => {
      this.#part(null);
      if (this.#isOver) return;
      this.emit("lost", undefined);
      if (!socket.active) void this.#again(reason);
    });
    this.#listen(socket);
  }

  /** Sends a line of text to the partner. */
  say(text: string): void {
    this.#socket.emit("chat-message", text);
  }

  /** Ends this call; the server looks for the next partner. */
  next(): void {
    this.#part(null);
    this.#socket.emit("stop");
  }

  /** Leaves for good. */
  leave(): void {
    this.#end(null);
  }

  #listen(socket: Socket): void {
    socket.on("waiting", ({ queuePosition }: Heard["waiting"]) => this.emit("waiting", queuePosition));
    socket.on("matched", ({ partner, initiator }: Heard["matched"]) => {
      this.#part(null);
      this.#link = new PeerLink({
        polite: !initiator,
        // Partners with other clients expect one offer, the initiator's.
        patient: !initiator,
        ice: this.#ice,
        isUp: () => this.#socket.connected,
        send: (signal) => this.#send(signal),
      });
      this.emit("matched", { partner, initiator, signaling: this.#link });
    });
    const take = (signal: PeerSignal): void => this.#link?.take(signal);
    socket.on("offer", ({ offer }: Heard["offer"]) => take({ description: offer as RTCSessionDescriptionInit }));
    socket.on("answer", ({ answer }: Heard["answer"]) => take({ description: answer as RTCSessionDescriptionInit }));
    socket.on("ice-candidate", ({ candidate }: Heard["ice_candidate"]) =>
      take({ candidate: candidate as RTCIceCandidateInit }),
    );
    socket.on("partner-disconnected", () => {
      this.#part(new PeerFailed("The partner has left."));
      this.emit("parted", undefined);
    });
    socket.on("chat-message", (message: ChatMessage) => this.emit("chat", message));
    socket.on("error", ({ message }: Heard["error"]) => this.emit("refused", message));
  }

  #send(signal: PeerSignal): void {
    if ("candidate" in signal) this.#socket.emit("ice-candidate", signal);
    else {
      const { type } = signal.description;
      this.#socket.emit(type, { [type]: signal.description });
    }
  }

  /** The server has refused us or sent us away: its token may have ended, and another one may do. */
  async #again(why: string, code?: string): Promise<void> {
    const isRefused = code !== undefined;
    const mayHelp = this.#http.tokens.forget();
    if (isRefused && (!mayHelp || this.#refusals++ > 0)) {
      return this.#end(code === "forbidden" ? errorOf(403, why, { code }) : new Unauthorized(why, { code }));
    }
    await pause(backoff(2));
    if (!this.#isOver) this.#socket.connect();
  }

  #part(error: PeerFailed | null): void {
    const link = this.#link;
    this.#link = null;
    link?.left(error);
  }

  #end(error: RendezvousError | null): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#part(error);
    this.#socket.disconnect();
    this.emit("closed", error);
  }
}
