// One user of the video chat: the Socket.IO events of its protocol, and a call with each partner in turn.
import { io, type Socket } from "socket.io-client";
import { Call, type CallSignals } from "./video-chat-call.ts";

export interface Profile {
  readonly name: string;
  readonly age: number;
  readonly gender: string;
}

export interface Partner {
  readonly name: string;
  readonly age: number;
}

export interface ChatMessage {
  readonly message: string;
  readonly from: string;
  /** Milliseconds since 1970. */
  readonly timestamp: number;
}

/** What a page hears. */
export interface VideoChatListener {
  waiting(position: number): void;
  matched(partner: Partner): void;
  /** The connection to the partner is being made; the partner's tracks will arrive as its events. */
  calling(connection: RTCPeerConnection): void;
  /** The partner went; the server looks for another one. */
  partnerLeft(): void;
  chat(message: ChatMessage): void;
  /** The server cannot be reached; it is tried again and again. */
  offline(): void;
  /** The server refused something, or the call did not come about. */
  failed(message: string): void;
}

export interface VideoChatOptions {
  readonly profile: Profile;
  /** What partners see and hear. */
  readonly stream: MediaStream;
  readonly iceTransportPolicy: RTCIceTransportPolicy;
  readonly listener: VideoChatListener;
}

export class VideoChatPeer {
  readonly #options: VideoChatOptions;
  readonly #socket: Socket;
  #call: Call | null = null;

  /** Connects and queues. */
  constructor(options: VideoChatOptions) {
    this.#options = options;
    const { profile, listener } = options;
    const socket = io();
    this.#socket = socket;

    // A connection that comes back is a new user to the server, so that it joins again.
    socket.on("connect", () => socket.emit("join", profile));
    socket.on("connect_error", () => listener.offline());
    socket.on("disconnect", () => {
      this.#hangUp();
      if (socket.active) listener.offline();
    });

    socket.on("waiting", ({ queuePosition }: { queuePosition: number }) => listener.waiting(queuePosition));
    socket.on("matched", ({ partner, initiator }: { partner: Partner; initiator: boolean }) => {
      listener.matched(partner);
      this.#begin(initiator);
    });
    socket.on("offer", (signal: CallSignals["offer"]) => this.#call?.takeOffer(signal));
    socket.on("answer", (signal: CallSignals["answer"]) => this.#call?.takeAnswer(signal));
    socket.on("ice-candidate", (signal: CallSignals["ice-candidate"]) => this.#call?.takeCandidate(signal));
    socket.on("partner-disconnected", () => {
      this.#hangUp();
      listener.partnerLeft();
    });

    socket.on("chat-message", (message: ChatMessage) => listener.chat(message));
    socket.on("error", ({ message }: { message: string }) => listener.failed(message));
  }

  say(text: string): void {
    this.#socket.emit("chat-message", text);
  }

  /** Ends this call; the server looks for the next partner. */
  stop(): void {
    this.#hangUp();
    this.#socket.emit("stop");
  }

  leave(): void {
    this.#hangUp();
    this.#socket.disconnect();
  }

  #begin(initiator: boolean): void {
    this.#hangUp();
    const { stream, iceTransportPolicy, listener } = this.#options;
    this.#call = new Call({
      initiator,
      stream,
      iceTransportPolicy,
      send: (event, signal) => void this.#socket.emit(event, signal),
      started: (connection) => listener.calling(connection),
      failed: (error) => listener.failed(`The call did not come about: ${String(error)}`),
    });
  }

  #hangUp(): void {
    this.#call?.end();
    this.#call = null;
  }
}
