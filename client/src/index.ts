// Everything but the video chat, which needs socket.io-client: `rendezvous-client/video-chat`.
export { Accounts, type ContactAction } from "./accounts.ts";
export { Arena, type Wager } from "./arena.ts";
export { Coordinator, type FetchOptions } from "./coordinator.ts";
export {
  CoordinatorChannel,
  type ChannelEvents,
  type ChannelOptions,
  type CoordinatorMessage,
} from "./coordinator-channel.ts";
export {
  DeviceSocket,
  type DeviceAddress,
  type DeviceEvent,
  type DeviceEvents,
  type DeviceMessage,
  type DeviceOptions,
  type IncomingCall,
  type OnlineUser,
} from "./device-socket.ts";
export { Devices } from "./devices.ts";
export type { Emitter } from "./emitter.ts";
export {
  Conflict,
  Forbidden,
  InvalidRequest,
  NotFound,
  PeerFailed,
  RateLimited,
  RendezvousError,
  Replaced,
  Unauthorized,
  Unavailable,
  Unreachable,
  type ErrorDetails,
} from "./errors.ts";
export type { Gathering, GatheringEvents } from "./gathering.ts";
export { HostPool, PooledHost, type PooledHostEvents } from "./host-pool.ts";
export type { CallOptions, ClientOptions } from "./http.ts";
export { IceServers } from "./ice-servers.ts";
export { MatchPublisher, type MatchPublisherEvents, type StreamFrame, type StreamStart } from "./match-publisher.ts";
export { MatchViewer, type MatchMessage, type MatchViewerEvents } from "./match-viewer.ts";
export { connectPeer, Peer, type PeerEvents, type PeerOptions } from "./peer.ts";
export { Room, type RoomEvents, type RoomMessage } from "./room.ts";
export { Rooms, type JoinOptions } from "./rooms.ts";
export type { PeerLink, PeerSignal, Signaling, SignalingEvents } from "./signaling.ts";
export { Tickets } from "./tickets.ts";
export type { TokenProvider } from "./tokens.ts";
export type { Answer, Body, Contact, Heard, Query, SignedIn } from "./types.ts";
export type { Channels, Operations, Schemas } from "./wire.ts";
