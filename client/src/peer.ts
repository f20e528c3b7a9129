import { Emitter } from "./emitter.ts";
import { PeerFailed, type RendezvousError } from "./errors.ts";
import { keepFresh } from "./ice-refresh.ts";
import { Negotiation } from "./negotiation.ts";
import type { Signaling } from "./signaling.ts";

/** How a peer is connected to. */
export interface PeerOptions {
  /** The label of the data channel that both open; null: none, and being connected is enough. Default: `data`. */
  readonly channel?: string | null;
  /** Such as `{ ordered: false }`, the same on both sides. */
  readonly channelOptions?: RTCDataChannelInit;
  /** Adds tracks and listeners to the connection before anything is offered. */
  readonly prepare?: (connection: RTCPeerConnection) => void;
  /** `relay`: over TURN alone, which hides our address from the other. Where the server wants that, it counts. */
  readonly iceTransportPolicy?: RTCIceTransportPolicy;
  /** Instead of the server's STUN and TURN servers. */
  readonly configuration?: RTCConfiguration;
  /** An implementation, for platforms that bring none along. */
  readonly RTCPeerConnection?: new (configuration?: RTCConfiguration) => RTCPeerConnection;
  /** How long it may take once the other is there, in ms. Default: 30 s. */
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
}

/** What a peer tells. */
export interface PeerEvents {
  /** Signaling with the other is over: it has left. A direct connection that stands may go on. */
  left: RendezvousError | null;
  /** The connection is gone for good, or was closed. */
  closed: undefined;
}

/**
 * Another peer, connected directly. Paths that break are looked for again, and TURN credentials are fetched anew before
 * they end; `connectPeer` makes it.
 *
 * @example
 * import type { Peer } from "rendezvous-client";
 *
 * export function talk(peer: Peer): void {
 *   peer.channel!.onmessage = ({ data }) => console.log(data);
 *   peer.channel!.send("hello");
 *   peer.on("left", () => peer.close());
 *   peer.on("closed", () => console.log(peer.connection.connectionState));
 * }
 */
export class Peer extends Emitter<PeerEvents> {
  readonly connection: RTCPeerConnection;
  /** Open once `connectPeer` has resolved; null where none was asked for. */
  readonly channel: RTCDataChannel | null;
  readonly #stops: (() => void)[] = [];
  #isClosed = false;

  /** @internal */
  constructor(connection: RTCPeerConnection, channel: RTCDataChannel | null) {
    super();
    this.connection = connection;
    this.channel = channel;
  }

  /** Ends the connection. */
  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    for (const stop of this.#stops) stop();
    this.connection.close();
    this.emit("closed", undefined);
  }

  /** @internal */
  whenClosed(stop: () => void): void {
    this.#stops.push(stop);
  }

  /** @internal */
  hasLeft(error: RendezvousError | null): void {
    this.emit("left", error);
  }
}

/**
 * Connects with another peer, by perfect negotiation, and hands the open connection back. Both sides call it.
 *
 * @throws {PeerFailed} if the other leaves, or no way to it is found in time
 * @example
 * import { connectPeer, Rooms } from "rendezvous-client";
 *
 * const rooms = new Rooms({ url: "http://127.0.0.1:8080" });
 * const name = crypto.randomUUID();
 * const [ann, bob] = [rooms.join(name), rooms.join(name)];
 * const [one, other] = await Promise.all([connectPeer(ann.meet()), connectPeer(bob.meet())]);
 *
 * other.channel!.onmessage = ({ data }) => {
 *   console.log(data);
 *   one.close();
 *   other.close();
 * };
 * one.channel!.send("hello");
 *
 * @example
 * import { connectPeer, Coordinator } from "rendezvous-client";
 *
 * const coordinator = new Coordinator({ url: "http://127.0.0.1:8080" });
 * const [host_id, zone_id] = [crypto.randomUUID(), crypto.randomUUID()];
 * await coordinator.registerHost({ host_id, player_id: "ann", player_name: "Ann", ip_address: "192.0.2.7", port: 7777 });
 * await coordinator.createZone({ zone_id, zone_name: "meadow" });
 * const { session_id: sessionId } = await coordinator.openSession({ zone_id, host_id });
 *
 * const host = coordinator.listen({ sessionId, peerId: host_id });
 * const player = coordinator.listen({ sessionId, peerId: "bob" });
 * const [one, other] = await Promise.all([
 *   connectPeer(host.signaling("bob")),
 *   connectPeer(player.signaling(host_id), { timeoutMs: 60_000 }),
 * ]);
 * console.log(one.channel!.readyState, other.channel!.readyState);
 * one.close();
 * other.close();
 * host.close();
 * player.close();
 *
 * @example
 * import { Accounts, connectPeer, Devices } from "rendezvous-client";
 *
 * const accounts = new Accounts({ url: "http://127.0.0.1:8080" });
 * const { email, token } = await accounts.signUp({ email: `${crypto.randomUUID()}@example.com`, password: "a good password" });
 * const devices = new Devices({ url: "http://127.0.0.1:8080", token: () => token });
 * const laptop = devices.register({ email, device: "laptop" });
 * const phone = devices.register({ email, device: "phone" });
 * await Promise.all([laptop.ready, phone.ready]);
 *
 * const answered = new Promise<void>((closed) => {
 *   phone.on("call", async ({ accept }) => {
 *     const peer = await connectPeer(accept());
 *     peer.channel!.onclose = () => closed();
 *   });
 * });
 * if (await laptop.call({ email, device: "phone" })) {
 *   const peer = await connectPeer(laptop.signaling({ email, device: "phone" }));
 *   peer.close();
 * }
 * await answered;
 * laptop.close();
 * phone.close();
 */
export async function connectPeer(signaling: Signaling | Promise<Signaling>, options: PeerOptions = {}): Promise<Peer> {
  const { signal, timeoutMs = 30_000 } = options;
  signal?.throwIfAborted();
  const way = await (signal === undefined ? signaling : Promise.race([signaling, aborted(signal)]));
  const Connection = options.RTCPeerConnection ?? RTCPeerConnection;
  const configuration = await configurationOf(way, options);
  signal?.throwIfAborted();
  const connection = new Connection(configuration);
  const { channel: label = "data", channelOptions } = options;
  options.prepare?.(connection);
  // Agreed beforehand, so that neither side has to wait for the other's announcement.
  const channel =
    label === null ? null : connection.createDataChannel(label, { ...channelOptions, negotiated: true, id: 0 });
  const peer = new Peer(connection, channel);
  return new Promise((connected, failed) => {
    const give = (error: unknown): void => {
      settle();
      peer.close();
      failed(error instanceof Error ? error : new PeerFailed("No connection.", { cause: error }));
    };
    const timer = setTimeout(() => give(new PeerFailed("Timed out.")), timeoutMs);
    const abort = (): void => give(signal?.reason);
    const settle = (): void => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", abort);
      connection.removeEventListener("connectionstatechange", look);
      channel?.removeEventListener("open", look);
    };
    const look = (): void => {
      const { connectionState } = connection;
      if (connectionState === "closed") return give(new PeerFailed("Closed."));
      if (channel === null ? connectionState !== "connected" : channel.readyState !== "open") return;
      settle();
      isOpen = true;
      connected(peer);
    };
    let isOpen = false;
    let hasLeft = false;
    /** A path that broke is looked for again, but not to somebody who has left. */
    const bury = (): void => {
      if (hasLeft && connection.connectionState !== "connected") peer.close();
    };
    connection.addEventListener("connectionstatechange", bury);
    signal?.addEventListener("abort", abort, { once: true });
    connection.addEventListener("connectionstatechange", look);
    channel?.addEventListener("open", look);
    // The other may have closed it again before we have looked.
    channel?.addEventListener("close", () =>
      isOpen ? peer.close() : give(new PeerFailed("The other peer has left.")),
    );

    const negotiation = new Negotiation(connection, way, (error) => void (isOpen || give(error)));
    const restarts = keepFresh(connection, way, options.configuration === undefined);
    peer.whenClosed(() => negotiation.stop());
    peer.whenClosed(() => restarts());
    peer.whenClosed(
      way.on("left", (error) => {
        if (!isOpen) give(error ?? new PeerFailed("The other peer has left."));
        else {
          hasLeft = true;
          peer.hasLeft(error);
          bury();
        }
      }),
    );
  });
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, stop) => {
    // oxlint-disable-next-line typescript/prefer-promise-reject-errors -- the reason is whatever the caller chose
    signal.addEventListener("abort", () => stop(signal.reason), { once: true });
  });
}

async function configurationOf(way: Signaling, options: PeerOptions): Promise<RTCConfiguration> {
  const { iceTransportPolicy = "all", configuration } = options;
  if (configuration !== undefined) return { iceTransportPolicy, ...configuration };
  if (way.configuration) return { iceTransportPolicy, ...way.configuration };
  return (await way.ice?.configuration(iceTransportPolicy)) ?? { iceTransportPolicy };
}
