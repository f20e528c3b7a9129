import { readBudgets } from "../../core/limits/budget-syntax.ts";
import { faceNames, type FaceName } from "../face-names.ts";
import {
  address,
  addressBlock,
  baseUrl,
  choice,
  endpointUrl,
  headerList,
  integer,
  keysUrl,
  list,
  origin,
  postgresUrl,
  privateKey,
  ratio,
  redisUrl,
  headerSecret,
  secret,
  socketUrl,
  text,
} from "./parsers.ts";

/** One setting: how its text becomes a value, and what to say about it. */
export interface Setting<Value> {
  /** What a text that is not empty stands for. Throws an Error that completes "NAME must be …". */
  readonly parse: (text: string) => Value;
  /** The text that counts when nobody set it; null: unset. */
  readonly default: string | null;
  /** Never printed; may also come from the file that NAME_FILE names. */
  readonly secret?: true;
  readonly about: string;
  /** A text that it takes, for the reference; needed where there is neither a default nor a secret. */
  readonly example?: string;
  /** The faces that look at it; left out: all. */
  readonly faces?: readonly FaceName[];
}

const optional = <Value>(setting: Omit<Setting<Value>, "default">): Setting<Value | null> => ({
  ...setting,
  default: null,
});
const required = <Value>(fallback: string, setting: Omit<Setting<Value>, "default">): Setting<Value> => ({
  ...setting,
  default: fallback,
});

/** Every setting there is. The order is that of `check-config`. */
export const settings = {
  HOST: required("127.0.0.1", { parse: text, about: "Address to listen on; 0.0.0.0 or :: for all." }),
  PORT: required("8080", { parse: integer(0, 65535), about: "Port to listen on; 0 takes any free one." }),
  PUBLIC_URL: optional({
    parse: baseUrl,
    about: "Where clients reach this server, such as https://play.example.org. Unset: the host of each request.",
    example: "https://play.example.org",
  }),
  TLS_CERT: optional({
    parse: text,
    about: "File with the server's own certificate and its chain (PEM), read again when it changes. Unset: no TLS.",
    example: "/etc/rendezvous/fullchain.pem",
  }),
  TLS_KEY: optional({
    parse: text,
    about: "File with the key of that certificate (PEM).",
    example: "/etc/rendezvous/privkey.pem",
  }),
  FACES: required("all", {
    parse: (value): readonly FaceName[] => (value === "all" ? faceNames : list(choice(faceNames))(value)),
    about: `Which faces to serve, separated by commas: ${faceNames.join(", ")}.`,
    example: "host-pool,rooms",
  }),
  LOG_LEVEL: required("info", {
    parse: choice(["trace", "debug", "info", "warn", "error", "fatal", "silent"] as const),
    about: "How much to log.",
  }),
  DATA_DIR: required("./data", {
    parse: text,
    about: "Folder for records when no DATABASE_URL is set.",
    faces: ["coordinator", "arena", "devices"],
  }),
  DATABASE_URL: optional({
    parse: postgresUrl,
    secret: true,
    about: "PostgreSQL for records (postgres://…).",
    example: "postgres://rendezvous@db.internal/rendezvous",
    faces: ["coordinator", "arena", "devices"],
  }),
  REDIS_URL: optional({
    parse: redisUrl,
    secret: true,
    about:
      "Redis that several nodes share (redis://… or rediss://…), or servers of a Redis Cluster, separated by commas. " +
      "Unset: everything is kept in this process.",
    example: "redis://redis.internal:6379",
  }),
  DEFAULT_REGION: required("local", { parse: text, about: "Region of a host that names none.", faces: ["host-pool"] }),
  HOST_LEASE_SECONDS: required("30", {
    parse: integer(1, 86_400),
    about: "How long a pool host lives without a beat.",
    faces: ["host-pool"],
  }),
  ALLOCATION_SECONDS: required("30", {
    parse: integer(1, 86_400),
    about: "How long a found host is kept for its client before it is offered again.",
    faces: ["host-pool"],
  }),
  HOST_SILENCE_SECONDS: required("60", {
    parse: integer(1, 86_400),
    about: "How long a coordinator host may be silent before it is OFFLINE and its sessions have FAILED.",
    faces: ["coordinator"],
  }),
  SESSION_PENDING_MINUTES: required("15", {
    parse: integer(0, 1440),
    about: "How long a coordinator session may be PENDING while nobody is in it before it has FAILED; 0: for ever.",
    faces: ["coordinator"],
  }),
  SIGNALING_URL: optional({
    parse: socketUrl,
    about:
      "What find hands out for signaling (ws:// or wss://). Unset: /signaling on PUBLIC_URL or the request's host.",
    example: "wss://play.example.org/signaling",
    faces: ["host-pool"],
  }),
  ROOM_CAPACITY: required("2", { parse: integer(2, 64), about: "Peers a signaling room holds.", faces: ["rooms"] }),
  RESUME_SECONDS: required("30", {
    parse: integer(1, 3600),
    about: "How long a peer that lost its connection keeps its seat and its messages.",
    faces: ["rooms"],
  }),
  SDP_TTL_SECONDS: required("300", {
    parse: integer(1, 86_400),
    about: "How long an offer, answer or candidate lies in a session's mailbox.",
    faces: ["coordinator"],
  }),
  MAX_MESSAGE_BYTES: required("65536", {
    parse: integer(1024, 1_000_000),
    about: "Largest WebSocket message; a larger one closes the socket with 1009.",
  }),
  SOCKET_MESSAGES_PER_SECOND: required("200", {
    parse: integer(1, 1_000_000),
    about: "Messages a socket may send in a second, and five times as many at once; past it, it is closed.",
  }),
  SOCKETS_PER_ADDRESS: required("1000", {
    parse: integer(0, 1_000_000),
    about:
      "Sockets that one client address may have open on a node, and at most so many bodies under way; 0: no limit.",
  }),
  MAX_SOCKETS: optional({
    parse: integer(1, 10_000_000),
    about: "Sockets that a node takes in all. Unset: what the limit on open files leaves room for.",
    example: "20000",
  }),
  ARENA_VERIFY_SIGNATURES: required("on", {
    parse: choice(["on", "off"] as const),
    about: "off: the arena keeps signatures unchecked, for players without wallets, and rates matches unsigned.",
    faces: ["arena"],
  }),
  MATCH_PROOF: required("0x1CC748475F1F666017771FB49131708446B9f3DF", {
    parse: address,
    about: "The MatchProof contract that the arena's players sign results for.",
    faces: ["arena"],
  }),
  MONAD_CHAIN_ID: required("10143", {
    parse: integer(1, Number.MAX_SAFE_INTEGER),
    about: "The chain of that contract: 10143 is Monad's testnet, 143 its mainnet.",
    faces: ["arena"],
  }),
  VIEWER_BUFFER_BYTES: required("1048576", {
    parse: integer(4096, 64 * 1024 * 1024),
    about: "Unsent bytes past which a viewer of a match is closed; one that is behind loses old frames long before.",
    faces: ["arena"],
  }),
  REPLAY_RETENTION_DAYS: required("7", {
    parse: integer(1, 3650),
    about: "How long the replay of a match is kept.",
    faces: ["arena"],
  }),
  REPLAY_MAX_BYTES: required("1073741824", {
    parse: integer(0, Number.MAX_SAFE_INTEGER),
    about: "What all replays may weigh together, as they are kept; the oldest go first.",
    faces: ["arena"],
  }),
  MATCH_RETENTION_DAYS: required("90", {
    parse: integer(0, 3650),
    about: "How long a match of the arena is kept after it was over, with all that is its own; 0: for ever.",
    faces: ["arena"],
  }),
  RATING_RETENTION_DAYS: required("0", {
    parse: integer(0, 3650),
    about: "How long the rating of an agent that plays no more is kept, at least as long as its matches; 0: for ever.",
    faces: ["arena"],
  }),
  SESSION_RETENTION_DAYS: required("30", {
    parse: integer(0, 3650),
    about: "How long a session of the coordinator is kept after it has ended; 0: for ever.",
    faces: ["coordinator"],
  }),
  HOST_RETENTION_DAYS: required("30", {
    parse: integer(0, 3650),
    about: "How long an OFFLINE host of the coordinator is kept after it was last heard of; 0: for ever.",
    faces: ["coordinator"],
  }),
  ACCOUNT_RETENTION_DAYS: required("0", {
    parse: integer(0, 3650),
    about: "How long an account is kept that nobody signs in to, once its tokens have ended; 0: for ever.",
    faces: ["devices"],
  }),
  AUDIT_RETENTION_DAYS: required("90", {
    parse: integer(0, 3650),
    about: "How long the audit log keeps what operators did; 0: for ever.",
  }),
  MONAD_RPC_URL: required("https://testnet-rpc.monad.xyz", {
    parse: endpointUrl,
    secret: true,
    about: "JSON-RPC endpoint of the chain; asked only with ARENA_PRIVATE_KEY or WAGER_CONTRACT set.",
    faces: ["arena"],
  }),
  ARENA_PRIVATE_KEY: optional({
    parse: privateKey,
    secret: true,
    about: "Wallet that posts ratings to REPUTATION_REGISTRY. Unset: they stay here.",
    faces: ["arena"],
  }),
  REPUTATION_REGISTRY: required("0x8004B663056A597Dffe9eCcC1965A193B7388713", {
    parse: address,
    about: "The ERC-8004 registry that takes the ratings.",
    faces: ["arena"],
  }),
  WAGER_CONTRACT: optional({
    parse: address,
    about: "The Wager contract whose payments settle wagers. Unset: they stay accepted.",
    example: "0x7a3d1F5cA2b8E4f60D9c1B2a3E4f5A6b7C8d9E0f",
    faces: ["arena"],
  }),
  STUN_URLS: required("", {
    parse: list(text),
    about: "STUN servers handed to peers, separated by commas (stun:host:port).",
    example: "stun:turn.example.org:3478",
  }),
  TURN_URLS: required("", {
    parse: list(text),
    about: "TURN servers handed to peers, separated by commas (turn:host:port?transport=udp).",
    example: "turn:turn.example.org:3478,turns:turn.example.org:5349?transport=tcp",
  }),
  TURN_SECRET: optional({
    parse: text,
    secret: true,
    about: "The static-auth-secret shared with the TURN servers.",
  }),
  ICE_POLICY: required("all", {
    parse: choice(["all", "relay"] as const),
    about: "relay: only TURN servers' candidates are passed on between peers, so that none learns another's address.",
  }),
  TURN_TTL_SECONDS: required("3600", {
    parse: integer(60, 604_800),
    about: "How long issued TURN credentials are good for.",
  }),
  AUTH_MODE: required("open", {
    parse: choice(["open", "token"] as const),
    about: "Who is let in: open: everybody; token: whoever has a good token (JWT).",
  }),
  JWT_SECRET: optional({
    parse: secret(32),
    secret: true,
    about: "Secret shared with whoever issues tokens (HS256), at least 32 bytes.",
  }),
  JWT_JWKS_URL: optional({
    parse: keysUrl,
    about: "Where the issuer of tokens publishes its keys (RS256, ES256). Instead of JWT_SECRET.",
    example: "https://id.example.org/keys",
  }),
  JWT_ISSUER: optional({
    parse: text,
    about: "What tokens must say in iss. Unset: anything.",
    example: "https://id.example.org",
  }),
  JWT_AUDIENCE: optional({
    parse: text,
    about: "What tokens must say in aud. Unset: anything.",
    example: "rendezvous",
  }),
  SIGNUP: optional({
    parse: choice(["open", "invite", "off"] as const),
    about:
      "Who may make an account: open: everybody; invite: whoever has an invite; off: nobody. " +
      "Unset: open, but off where JWT settings say who vouches for people.",
    example: "invite",
    faces: ["devices"],
  }),
  TOKEN_TTL_DAYS: required("30", {
    parse: integer(1, 3650),
    about: "How long the token of a login is good for.",
    faces: ["devices"],
  }),
  ALLOWED_ORIGINS: required("", {
    parse: list(origin),
    about: "Other origins whose pages may call while AUTH_MODE is token, separated by commas.",
    example: "https://play.example.org,https://admin.example.org",
  }),
  DASHBOARD: required("on", {
    parse: choice(["on", "off"] as const),
    about: "off: no dashboard. On an address that others reach it also takes an ADMIN_TOKEN or AUTH_MODE=token.",
  }),
  ADMIN_TOKEN: optional({
    parse: headerSecret(16),
    secret: true,
    about:
      "What operators send as Bearer token to /admin routes: at least 16 characters of ASCII, no space. " +
      "Unset: this machine alone may, which is everybody behind a proxy that sends no forwarding header.",
  }),
  TRUSTED_PROXIES: required("", {
    parse: list(addressBlock),
    about: "Proxies whose forwarding headers are believed: addresses or CIDR blocks, separated by commas.",
    example: "10.0.0.0/8,fd00::/8",
  }),
  RATE_LIMIT_PER_MINUTE: required("100", {
    parse: integer(0, 1_000_000),
    about: "Requests a client address may make in a minute, on faces that limit them; 0: no limit.",
    faces: ["coordinator", "devices"],
  }),
  RATE_LIMIT_LOOPBACK: required("off", {
    parse: choice(["on", "off"] as const),
    about: "on: also limit calls from this machine itself.",
  }),
  MAX_DELAY_MS: required("50", {
    parse: integer(0, 60_000),
    about:
      "How long work may wait for its turn before it is refused with 503, so that the rest is in time; 0: any time.",
  }),
  BUDGETS: required("", {
    parse: readBudgets,
    about:
      "What differs from the table of budgets (docs/limits.md), such as find=address:60/1m,account:30/1m; chat=off.",
    example: "find=address:60/1m; chat=off",
  }),
  OTEL_EXPORTER_OTLP_ENDPOINT: optional({
    parse: baseUrl,
    about: "Where traces are sent (OTLP over HTTP). Unset: none are kept.",
    example: "http://collector:4318",
  }),
  OTEL_EXPORTER_OTLP_HEADERS: optional({
    parse: headerList,
    secret: true,
    about: "Headers of what is sent there, such as api-key=…,x-tenant=….",
  }),
  OTEL_SERVICE_NAME: required("rendezvous", { parse: text, about: "What traces call this server." }),
  OTEL_TRACES_SAMPLER_ARG: required("1", {
    parse: ratio,
    about: "Which part of the traces that begin here is kept, from 0 to 1.",
  }),
  DRAIN_SECONDS: required("10", {
    parse: integer(0, 3600),
    about: "Longest time between SIGTERM and the end of the process.",
  }),
} satisfies Record<string, Setting<unknown>>;

export type SettingName = keyof typeof settings;

/** The settings as the program sees them. */
export type Config = { readonly [Name in SettingName]: ReturnType<(typeof settings)[Name]["parse"]> | DefaultOf<Name> };

type DefaultOf<Name extends SettingName> = (typeof settings)[Name] extends { default: string }
  ? never
  : NullIfUnset<Name>;
type NullIfUnset<Name extends SettingName> =
  (typeof settings)[Name] extends Setting<infer Value> ? (null extends Value ? null : never) : never;

export const settingNames = Object.keys(settings) as SettingName[];

export function isSetting(name: string): name is SettingName {
  return Object.hasOwn(settings, name);
}
