// The limit of a JSON route that asks the runtime no more than what no heartbeat of ours can do without: whose address it
// is, which counts on a budget and is the host's own unless it says another; what the request is called, which trace it
// belongs to, whether its body is packed and how large it says it is; the body's bytes, so that what is no UTF-8 is
// refused; and the headers that every answer has, with the request's name among them. None of our own code runs.
import { AsyncLocalStorage } from "node:async_hooks";
import { serve } from "bun";

const alive = JSON.stringify({ success: true, ttl: 30 });
const headers = new Headers({
  "content-type": "application/json",
  "cache-control": "no-store",
  "x-content-type-options": "nosniff",
  "access-control-allow-origin": "*",
  "access-control-expose-headers": "X-Request-Id",
});
const utf8 = new TextDecoder("utf-8", { fatal: true });
const requestOf = new AsyncLocalStorage<{ readonly id: string; readonly trace: string | null }>();
let seen = 0;
let count = 0;

const server = serve({
  hostname: "127.0.0.1",
  port: 0,
  routes: {
    "/api/host/heartbeat"(request, server) {
      const id = request.headers.get("x-request-id") ?? `abcdefghijkl-${(++count).toString(36)}`;
      return requestOf.run({ id, trace: request.headers.get("traceparent") }, async () => {
        const address = server.requestIP(request)!.address;
        const isPacked = request.headers.get("content-encoding") !== null;
        if (isPacked || Number(request.headers.get("content-length")) > 65_536) {
          return new Response(null, { status: 400 });
        }
        const body = JSON.parse(utf8.decode(await request.bytes())) as { hostId: string };
        seen += body.hostId.length + address.length;
        headers.set("x-request-id", id);
        return new Response(alive, { headers });
      });
    },
  },
  fetch: () => new Response(null, { status: 404 }),
});
console.log(`listening on ${server.url.origin}`);
