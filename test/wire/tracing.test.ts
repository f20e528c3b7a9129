import { afterAll, beforeAll, expect, test } from "bun:test";
import { startCollector, type CollectedSpan } from "../support/collector.ts";
import { eventually } from "../support/eventually.ts";
import { call, post } from "../support/http.ts";
import { startRedis, type RunningRedis } from "../support/redis.ts";
import { startServer, type RunningServer } from "../support/server.ts";
import { Guest } from "./rooms-client.ts";

const collector = startCollector();
let redis: RunningRedis;
let nodes: readonly RunningServer[] = [];

const settings = () => ({
  FACES: "host-pool,rooms",
  REDIS_URL: redis.url,
  OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
  OTEL_EXPORTER_OTLP_HEADERS: "api-key=a%20key,x-tenant=t",
});

beforeAll(async () => {
  redis = await startRedis();
  const start = (name: string) => startServer({ ...settings(), OTEL_SERVICE_NAME: name });
  nodes = await Promise.all([start("one"), start("two")]);
}, 30_000);
afterAll(async () => {
  await Promise.all(nodes.map((node) => node.stop()));
  await redis.stop();
  await collector.stop();
});

const TRACE = "0af7651916cd43dd8448eb211c80319c";
const CALLER = "b7ad6b7169203331";

test("a request belongs to its caller's span, and what its store is asked to the request", async () => {
  const headers = { traceparent: `00-${TRACE}-${CALLER}-01`, "x-request-id": "traced" };
  await post(`${nodes[0]!.url}/api/match/find`, {}, headers);
  const spans = await collector.trace("the request", ([one]) => one?.traceId === TRACE);
  const request = spans.find(({ name }) => name === "POST /api/match/find");
  expect(request).toMatchObject({
    parentSpanId: CALLER,
    service: "one",
    hasFailed: false,
    attributes: {
      "http.request.method": "POST",
      "http.route": "/api/match/find",
      "http.response.status_code": 404,
      "rendezvous.request": "traced",
    },
  });
  const claim = await eventually("its store", () =>
    collector.spans.find(({ parentSpanId }) => parentSpanId === request!.spanId),
  );
  expect(claim).toMatchObject({ name: "redis script", attributes: { "db.system.name": "redis" } });
  expect(collector.requests[0]!.get("api-key")).toBe("a key");
  expect(collector.requests[0]!.get("x-tenant")).toBe("t");
});

test("what a message causes at another node belongs to the message", async () => {
  const [home, visitor] = await Promise.all(
    nodes.map(async (node) => {
      const guest = new Guest(`${node.wsUrl}/signaling?roomId=room`);
      await guest.welcomed();
      return guest;
    }),
  );
  const both = [home!, visitor!];
  // What a span has caused may be sent a while before it or behind it: the two that belong together are waited for. And
  // what comes while the nodes tell each other something else goes along with that, so it is not said once only.
  const spans = await eventually("a message, and what it has caused at another node", () => {
    for (const one of both) one.send({ type: "offer", sdp: "v=0" });
    return collector.find((trace) =>
      trace.some((root) => root.name === "message /signaling" && trace.some((there) => isCausedBy(root, there))),
    );
  });
  const there = spans.find((one) => spans.some((root) => isCausedBy(root, one)))!;
  expect(spans.find(({ spanId }) => spanId === there.parentSpanId)).toMatchObject({
    name: "message /signaling",
    parentSpanId: null,
  });
  // Nothing of what peers say to each other.
  expect(JSON.stringify(collector.spans)).not.toContain("v=0");
  for (const guest of both) void guest.close(1000);
});

const isCausedBy = (root: CollectedSpan, there: CollectedSpan): boolean =>
  there.name === "node rooms" && there.parentSpanId === root.spanId && there.node !== root.node;

test("the log names the trace of each request", async () => {
  const node = await startServer({ ...settings(), LOG_LEVEL: "debug" });
  try {
    await call("GET", `${node.url}/api/ice-servers`, undefined, { "x-request-id": "logged" });
    const line = await eventually("its line", () =>
      node
        .output()
        .split("\n")
        .find((one) => one.includes('"request":"logged"')),
    );
    const { trace } = JSON.parse(line) as { trace: string };
    const spans = await collector.trace("the request", ([one]) => one?.traceId === trace);
    expect(spans[0]!.attributes["rendezvous.request"]).toBe("logged");
  } finally {
    await node.stop();
  }
});

test("no more is kept than is asked for, and probes are never", async () => {
  const node = await startServer({ ...settings(), OTEL_SERVICE_NAME: "few", OTEL_TRACES_SAMPLER_ARG: "0" });
  try {
    for (let n = 0; n < 20; n++) await post(`${node.url}/api/match/find`, {});
    await post(`${node.url}/api/match/find`, {}, { traceparent: `00-${TRACE}-${CALLER}-01` });
    await call("GET", `${node.url}/livez`, undefined, { traceparent: `00-${TRACE}-${CALLER}-01` });
  } finally {
    // On the way down it sends what is left.
    await node.stop();
  }
  const few = collector.spans.filter(({ service }) => service === "few");
  expect(new Set(few.map(({ traceId }) => traceId))).toEqual(new Set([TRACE]));
  expect(few.filter(({ name }) => name.includes("livez"))).toEqual([]);
});

test("a collector that is away hurts nobody", async () => {
  const gone = startCollector();
  await gone.stop();
  const node = await startServer({ ...settings(), OTEL_EXPORTER_OTLP_ENDPOINT: gone.url });
  const answers = await Promise.all(
    Array.from({ length: 200 }, () => call("GET", `${node.url}/api/ice-servers`).then(({ status }) => status)),
  );
  expect(new Set(answers)).toEqual(new Set([200]));
  expect(await node.stop()).toBe(0);
});
