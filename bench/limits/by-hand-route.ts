// The limit of a heartbeat and of a find that promise what ours do: each written out in one function, with no part of it for
// anything else. It names the request and keeps its name and trace at hand; counts it on the budget of its address, and tells
// who finds what is left of that; refuses a body that is packed, too large, no UTF-8 or not of its form; keeps leases and
// allocations, and draws a host by chance; counts how long it took; and has all headers of our answers. What it leaves out
// are stores, tokens, proxies, tracing, journals, pages of other origins, bodies that take their time, repeated and forbidden
// names in JSON, and being too late.
import { AsyncLocalStorage } from "node:async_hooks";
import { serve, type Server } from "bun";

const LEASE_MS = 600_000;
const ALLOCATION_MS = 1_000;
const BUDGET = { requests: 1_000_000, windowMs: 1_000 };
const MAX_BODY_BYTES = 65_536;
const BOUNDS_MS = [0.5, 1, 2.5, 5, 10, 25, 50, 100, 250, 500, 1_000, 2_500];

interface Host {
  room: string;
  region: string;
  info: unknown;
  expiresAt: number;
  isAllocated: boolean;
}

const hosts = new Map<string, Host>();
const idle: Host[] = [];
/** In the order in which they lapse. */
const allocations: { readonly host: Host; readonly until: number }[] = [];
let lapsed = 0;

const common = {
  "content-type": "application/json",
  "cache-control": "no-store",
  "x-content-type-options": "nosniff",
  "access-control-allow-origin": "*",
};
const aliveHeaders = new Headers({ ...common, "access-control-expose-headers": "X-Request-Id" });
const foundHeaders = new Headers({
  ...common,
  "access-control-expose-headers": "RateLimit, RateLimit-Policy, Retry-After, X-Request-Id",
  "ratelimit-policy": `"find";q=${BUDGET.requests};w=1`,
});
const alive = JSON.stringify({ success: true, ttl: LEASE_MS / 1_000 });
const utf8 = new TextDecoder("utf-8", { fatal: true });
const doing = new AsyncLocalStorage<{ readonly request: string; readonly trace: string | null }>();

interface Budget {
  left: number;
  endsAt: number;
}

/** Counts one; null: nothing was left. */
function take(budgets: Map<string, Budget>, address: string, now: number): Budget | null {
  let budget = budgets.get(address);
  if (budget === undefined) budgets.set(address, (budget = { left: 0, endsAt: 0 }));
  if (now >= budget.endsAt) Object.assign(budget, { left: BUDGET.requests, endsAt: now + BUDGET.windowMs });
  return budget.left-- > 0 ? budget : null;
}

const beatBudgets = new Map<string, Budget>();
const findBudgets = new Map<string, Budget>();
const counts = BOUNDS_MS.map(() => 0).concat(0);
let sum = 0;
let inFlight = 0;
let names = 0;

function answered(began: number): void {
  const ms = performance.now() - began;
  let at = 0;
  while (at < BOUNDS_MS.length && ms > BOUNDS_MS[at]!) at++;
  counts[at]!++;
  sum += ms;
}

const refuse = (status: number): Response => new Response(null, { status, headers: aliveHeaders });

type Handler = (request: Request, server: Server<unknown>, id: string) => Promise<Response>;

/** Names a request, and does its work with the name at hand. */
const named =
  (work: Handler) =>
  (request: Request, server: Server<unknown>): Promise<Response> => {
    const id = request.headers.get("x-request-id") ?? `abcdefghijkl-${(++names).toString(36)}`;
    const trace = request.headers.get("traceparent");
    return doing.run({ request: id, trace }, work, request, server, id);
  };

const isText = (value: unknown, most: number): value is string =>
  typeof value === "string" && value.length > 0 && value.length <= most;

/** Whether a body is to be received. */
const isFit = ({ headers }: Request): boolean =>
  headers.get("content-encoding") === null && Number(headers.get("content-length")) <= MAX_BODY_BYTES;

const beat: Handler = async (request, server, id) => {
  const began = performance.now();
  inFlight++;
  try {
    const { address } = server.requestIP(request)!;
    const now = Date.now();
    if (take(beatBudgets, address, now) === null) return refuse(429);
    if (!isFit(request)) return refuse(400);
    const body = JSON.parse(utf8.decode(await request.bytes())) as Readonly<Record<string, unknown>>;
    const { hostId, roomId, region, status, gameInfo } = body;
    if (!isText(hostId, 256) || !isText(roomId, 256) || !isText(region, 128)) return refuse(400);
    if (status !== undefined && status !== "idle" && status !== "busy") return refuse(400);
    let host = hosts.get(hostId);
    if (host === undefined) {
      host = { room: roomId, region, info: gameInfo, expiresAt: 0, isAllocated: false };
      hosts.set(hostId, host);
      idle.push(host);
    }
    host.room = roomId;
    host.region = region;
    host.info = gameInfo;
    host.expiresAt = now + LEASE_MS;
    aliveHeaders.set("x-request-id", id);
    return new Response(alive, { headers: aliveHeaders });
  } catch {
    return refuse(400);
  } finally {
    inFlight--;
    answered(began);
  }
};

const find: Handler = async (request, server, id) => {
  const began = performance.now();
  inFlight++;
  try {
    const { address } = server.requestIP(request)!;
    const now = Date.now();
    const budget = take(findBudgets, address, now);
    if (budget === null) return refuse(429);
    const standing = `"find";r=${budget.left};t=${Math.ceil((budget.endsAt - now) / 1_000)}`;
    if (!isFit(request)) return refuse(400);
    const { region } = JSON.parse(utf8.decode(await request.bytes())) as { readonly region?: unknown };
    if (region !== undefined && !isText(region, 128)) return refuse(400);
    while (lapsed < allocations.length && allocations[lapsed]!.until <= now) {
      const { host } = allocations[lapsed++]!;
      host.isAllocated = false;
      idle.push(host);
    }
    if (lapsed > 10_000) {
      allocations.splice(0, lapsed);
      lapsed = 0;
    }
    const at = Math.floor(Math.random() * idle.length);
    const host = idle[at];
    if (host === undefined || host.expiresAt <= now) return refuse(404);
    const last = idle.pop()!;
    if (last !== host) idle[at] = last;
    host.isAllocated = true;
    allocations.push({ host, until: now + ALLOCATION_MS });
    foundHeaders.set("ratelimit", standing);
    foundHeaders.set("x-request-id", id);
    const roomId = JSON.stringify(host.room);
    const signalingUrl = `ws://${request.headers.get("host")}/signaling`;
    return new Response(`{"found":true,"roomId":${roomId},"signalingUrl":"${signalingUrl}","iceServers":[]}`, {
      headers: foundHeaders,
    });
  } catch {
    return refuse(400);
  } finally {
    inFlight--;
    answered(began);
  }
};

const server = serve({
  hostname: "127.0.0.1",
  port: 0,
  routes: { "/api/host/heartbeat": named(beat), "/api/match/find": named(find) },
  fetch: () => new Response(null, { status: 404 }),
});
console.log(`listening on ${server.url.origin}`);
