import { whyNoAddress } from "./address.ts";
import { assemble } from "./assemble.ts";
import { asyncApiGroup, describeSockets } from "./asyncapi.ts";
import { chainWork } from "./chain.ts";
import { createClusterLink } from "./cluster.ts";
import type { CommandCall } from "./commands/command.ts";
import { loadConfig } from "./config/load.ts";
import { secretTexts } from "./config/secret-texts.ts";
import { watchDescriptors } from "./descriptor-watch.ts";
import { countDescriptors } from "./descriptors.ts";
import { watchEventLoop } from "./event-loop.ts";
import { createFailureLog, notedFailures } from "./failures.ts";
import { serverFigures } from "./figures.ts";
import { createAccess, createGate } from "./gate.ts";
import { greet } from "./greet.ts";
import { healthGroups } from "./health.ts";
import { instanceOf } from "./instance.ts";
import { createLifecycle } from "./lifecycle.ts";
import { createArrivals, createCrowd, createLimits } from "./limits.ts";
import { createLogger, type Logger } from "./log.ts";
import { createMetrics } from "./metrics.ts";
import { describeApi, openApiGroup } from "./openapi.ts";
import { openDoor } from "./open-door.ts";
import { watchOverload } from "./overload.ts";
import { processLink } from "./process-link.ts";
import { refusalCounts } from "./refusal-counts.ts";
import { createRequestTotals, facesByRoute } from "./request-totals.ts";
import { pages } from "./pages.ts";
import { createRequestScope } from "./request-scope.ts";
import { createExpiries } from "../transport/limits/expiries.ts";
import { retentionWork } from "./retention.ts";
import { listen } from "./server.ts";
import { openStores } from "./stores.ts";
import { ownTls } from "./tls.ts";
import { startTracer } from "./tracing/start.ts";
import { createTracing, noTracing } from "./tracing/tracing.ts";
import { endOf } from "./tls/pair.ts";
import { followTlsFiles } from "./tls/renewal.ts";

/** Serves until a signal says to stop. Returns once it listens. */
export async function serve({ sources }: CommandCall): Promise<number> {
  const { config } = await loadConfig(sources);
  const tls = ownTls(config);
  const node = crypto.randomUUID();
  const log = createLogger(config.LOG_LEVEL, node, { hidden: secretTexts(config) });
  const tracer = await startTracer(config, node, (error) => report("traces could not be sent", error));
  const tracing = tracer === null ? noTracing : createTracing(tracer);
  const stores = await openStores(config, log, tracing);
  if (typeof stores === "string") {
    console.error(`rendezvous: ${stores}`);
    return 1;
  }
  const { engine, records, troubles } = stores;
  const eventLoop = watchEventLoop(engine.clock);
  let begun: ReturnType<typeof listen> | null = null;
  let goDown = (_why: string): void => undefined;
  let draining = false;
  const link = processLink(config, engine, node, {
    told: (deed) => log.info(deed, "an operator acts"),
    // A second word would end the process at once.
    drain: () => void (draining || goDown("an operator")),
    figures: {
      loopDelayMs: () => eventLoop.worstMs(),
      sockets: () => sumOf(begun?.byDoor().values() ?? []),
      messages: () => begun?.messages() ?? 0,
      requests: () => totals(),
      refusals: async () => refusalCounts(metrics.requests(), limits.refusals.byCode(), faceOf),
      isDraining: () => draining,
      troubles,
    },
  });
  const report = notedFailures(
    createFailureLog({ log, clock: engine.clock, troubles }),
    link.errors,
    secretTexts(config),
  );
  const cluster = createClusterLink(engine, node, config.FACES, report, tracing);
  const limits = createLimits(config, engine);
  const people =
    records !== null && config.FACES.includes("devices")
      ? await import("./accounts.ts").then(({ createPeople }) =>
          createPeople(config, engine, records, limits, (error) => report("a step of the accounts failed", error)),
        )
      : null;
  const access = await createAccess(config, engine, people?.directory ?? null);
  const faces = [
    ...(await assemble(config, engine, records, { cluster, access, people }, limits, report, link)),
    ...retentionWork({ config, clock: records?.clock ?? engine.clock, records, node, report }),
    ...(await chainWork({ config, clock: records?.clock ?? engine.clock, records, node, log, report })),
  ];

  const close = async (isCleared: boolean): Promise<void> => {
    await cluster.stop(isCleared).catch((error: unknown) => report("could not leave the cluster", error));
    engine.close();
    await Promise.all([records?.close(), tracer?.stop()]);
  };

  const overload = await watchOverload(config, log);

  const logsEach = log.isLevelEnabled("debug");
  const crowd = createCrowd(config);
  const others = [limits.refusals, eventLoop, ...stores.times];
  const metrics = createMetrics(faces, engine.clock, () =>
    serverFigures({
      sockets: () => begun?.byDoor() ?? new Map(),
      crowd,
      nodes: () => cluster.membership.live().length,
      asks: () => cluster.waiting(),
      isDraining: () => draining,
      behindMs: overload === null ? null : () => overload.behindMs(),
      others,
    }),
  );
  const faceOf = facesByRoute(faces);
  const totals = createRequestTotals(faceOf, () => metrics.requests());
  const health = healthGroups({
    faces,
    metrics,
    limits,
    clock: engine.clock,
    now: () => engine.timeOfDay.now(),
    instance: instanceOf(node),
    isDraining: () => draining,
    troubles,
  });
  const describe = describeApi([...faces.flatMap((face) => face.http), ...health], config);
  const sockets = describeSockets(faces, config);
  // Only who speaks Socket.IO pays for it.
  const isSpoken = faces.some(({ socketIo }) => socketIo !== undefined);
  const openSocketIo = isSpoken ? (await import("../transport/socketio/door.ts")).createSocketIoDoor : null;
  let server;
  try {
    server = listen({
      host: config.HOST,
      port: config.PORT,
      tls: tls?.pair ?? null,
      faces,
      openSocketIo,
      groups: [
        ...health,
        openApiGroup(describe, limits.look),
        asyncApiGroup(sockets, limits.look),
        ...pages(config, describe, sockets, limits.look),
      ],
      observer: {
        answered(route, method, status, ms) {
          metrics.answered(route, method, status, ms);
          if (logsEach) log.debug({ route, method, status, ms: Math.round(ms * 1000) / 1000 }, "answered");
        },
        refused: (code) => limits.refusals.answered("http", code),
        failed: (route, method, error) => report("a request failed", error, { route, method }),
      },
      gate: createGate(
        config,
        access,
        createExpiries(engine.timeOfDay, (error) => report("a socket could not be ended", error)),
        overload,
        createRequestScope(engine.random, tracer),
        createArrivals(config),
      ),
      crowd,
      meters: limits.meters,
      connecting: limits.connect,
      socketRefused: (code) => limits.refusals.answered("socket", code),
      socketFailed: (door, error, request) =>
        report("a socket's handler failed", error, { door, ...(request === undefined ? {} : { request }) }),
    });
  } catch (error) {
    await close(true);
    const { sentence, code } = await whyNoAddress(config, error);
    console.error(`rendezvous: ${sentence}`);
    return code;
  }
  begun = server;
  const descriptors = watchDescriptors({ count: countDescriptors, doorway: server.doorway, clock: engine.clock, log });
  if (tls !== null) {
    followTlsFiles({
      files: tls.files,
      current: tls.pair,
      clock: engine.clock,
      apply: server.renewTls,
      renewed: () => log.info("new connections get the new certificate"),
      failed: (error) => log.error({ err: error }, "the new certificate cannot be served; the old one stays"),
    });
  }
  for (const face of faces) face.start?.();
  cluster.start();

  const lifecycle = createLifecycle({
    server,
    faces,
    clock: engine.clock,
    random: engine.random,
    log,
    drainMs: config.DRAIN_SECONDS * 1000,
    close,
    exit: (code) => process.exit(code),
  });
  goDown = (why) => {
    draining = true;
    descriptors.cancel();
    lifecycle.drain(why);
  };
  for (const signal of ["SIGTERM", "SIGINT", "SIGHUP"] as const) process.on(signal, () => goDown(signal));
  guard(log);

  greet(config, stores, server.url);
  const open = openDoor(config);
  if (open.length > 0) log.warn({ host: config.HOST, port: config.PORT, faces: config.FACES }, open.join(" "));
  if (tls !== null && endOf(tls.pair) <= engine.timeOfDay.now()) {
    log.warn({ file: tls.files.cert }, "the certificate has ended: no client that checks it will connect");
  }
  return 0;
}

function sumOf(numbers: Iterable<number>): number {
  return [...numbers].reduce((sum, number) => sum + number, 0);
}

/** Last line of defence: what nobody caught is logged, and the process goes on for everybody else. */
function guard(log: Logger): void {
  process.on("unhandledRejection", (error) => log.error({ err: error }, "a promise nobody waited for failed"));
  process.on("uncaughtException", (error) => log.error({ err: error }, "an exception nobody caught"));
}
