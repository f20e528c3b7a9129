import { connect } from "node:net";
import { SchemaTooNew } from "../ports/migrations.ts";
import { StoreUnavailable } from "../ports/store-error.ts";
import { createPeople } from "./accounts.ts";
import { assemble } from "./assemble.ts";
import { asyncApiGroup, describeSockets } from "./asyncapi.ts";
import { chainWork } from "./chain.ts";
import { createClusterLink } from "./cluster.ts";
import type { CommandCall } from "./commands/command.ts";
import { whyNoDashboard } from "./dashboard-access.ts";
import { loadConfig } from "./config/load.ts";
import { secretTexts } from "./config/secret-texts.ts";
import type { Config } from "./config/settings.ts";
import { embeddedEngine, redisEngine, type Engine } from "./engine.ts";
import { watchDescriptors } from "./descriptor-watch.ts";
import { countDescriptors } from "./descriptors.ts";
import { watchEventLoop } from "./event-loop.ts";
import { createFailureLog, notedFailures } from "./failures.ts";
import { serverFigures } from "./figures.ts";
import { createAccess, createGate } from "./gate.ts";
import { healthGroups } from "./health.ts";
import { createLifecycle } from "./lifecycle.ts";
import { createCrowd, createLimits } from "./limits.ts";
import { createLogger, type Logger } from "./log.ts";
import { createMetrics } from "./metrics.ts";
import { describeApi, openApiGroup } from "./openapi.ts";
import { openDoor } from "./open-door.ts";
import { processLink } from "./process-link.ts";
import { createRequestTotals } from "./request-totals.ts";
import { pages } from "./pages.ts";
import { remarks } from "./remarks.ts";
import { createRequestScope } from "./request-scope.ts";
import { createExpiries } from "../transport/limits/expiries.ts";
import { createOverload } from "../transport/limits/overload.ts";
import { openSentinel } from "../transport/limits/sentinel.ts";
import { retentionWork } from "./retention.ts";
import { listen } from "./server.ts";
import { keepRecords, keepsRecords, type RecordKeeper } from "./records.ts";
import { createStoreTimes } from "./store-times.ts";
import { whyStoreIsUnusable } from "./store-trouble.ts";
import { ownTls } from "./tls.ts";
import { startTracer } from "./tracing/start.ts";
import { createTracing, noTracing } from "./tracing/tracing.ts";
import { endOf } from "./tls/pair.ts";
import { followTlsFiles } from "./tls/renewal.ts";
import { version } from "./version.ts";

/** Serves until a signal says to stop. Returns once it listens. */
export async function serve({ sources }: CommandCall): Promise<number> {
  const { config } = await loadConfig(sources);
  const tls = ownTls(config);
  const node = crypto.randomUUID();
  const log = createLogger(config.LOG_LEVEL, node, { hidden: secretTexts(config) });
  const tracer = await startTracer(config, node, (error) => report("traces could not be sent", error));
  const tracing = tracer === null ? noTracing : createTracing(tracer);
  const redisTimes = createStoreTimes("redis", tracing);
  const recordTimes = createStoreTimes(config.DATABASE_URL === null ? "sqlite" : "postgres", tracing);
  const engine = config.REDIS_URL === null ? embeddedEngine() : redisEngine(config.REDIS_URL, log, redisTimes, tracing);
  let records: RecordKeeper | null = null;
  try {
    if (keepsRecords(config)) records = keepRecords(config, engine.clock, log, recordTimes);
    await Promise.all([engine.ready(), records?.ready()]);
  } catch (error) {
    if (!(error instanceof SchemaTooNew) && !(error instanceof StoreUnavailable)) throw error;
    console.error(`rendezvous: ${whyStoreIsUnusable(config, error)}`);
    engine.close();
    return 1;
  }
  const troubles = (): readonly string[] => [...engine.troubles(), ...(records?.troubles() ?? [])];
  let begun: ReturnType<typeof listen> | null = null;
  let goDown = (_why: string): void => undefined;
  let draining = false;
  const link = processLink(config, engine, node, {
    told: (deed) => log.info(deed, "an operator acts"),
    drain: () => goDown("an operator"),
    figures: {
      sockets: () => sumOf(begun?.byDoor().values() ?? []),
      messages: () => begun?.messages() ?? 0,
      requests: () => totals(),
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
      ? createPeople(config, engine, records, limits, (error) => report("a step of the accounts failed", error))
      : null;
  const access = createAccess(config, engine, people?.directory ?? null);
  const faces = [
    ...assemble(config, engine, records, { cluster, access, people }, limits, report, link),
    ...retentionWork({ config, clock: records?.clock ?? engine.clock, records, node, report }),
    ...(await chainWork({ config, clock: records?.clock ?? engine.clock, records, node, log, report })),
  ];

  const close = async (isCleared: boolean): Promise<void> => {
    await cluster.stop(isCleared).catch((error: unknown) => report("could not leave the cluster", error));
    engine.close();
    await Promise.all([records?.close(), tracer?.stop()]);
  };

  const { MAX_DELAY_MS: maxDelayMs } = config;
  const now = (): number => performance.now();
  const used = (): number => {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1_000;
  };
  const sentinel = maxDelayMs === 0 ? null : await openSentinel().catch((error: unknown) => noSentinel(log, error));
  const overload = sentinel === null ? null : createOverload({ sentinel, maxDelayMs, now, used });

  const logsEach = log.isLevelEnabled("debug");
  const crowd = createCrowd(config);
  const others = [
    limits.refusals,
    watchEventLoop(),
    ...(config.REDIS_URL === null ? [] : [redisTimes]),
    ...(records === null ? [] : [recordTimes]),
  ];
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
  const totals = createRequestTotals(faces, () => metrics.requests());
  const health = healthGroups({
    faces,
    metrics,
    clock: engine.clock,
    now: () => engine.timeOfDay.now(),
    isDraining: () => draining,
    troubles: () => [...engine.troubles(), ...(records?.troubles() ?? [])],
  });
  const describe = describeApi([...faces.flatMap((face) => face.http), ...health], config);
  const sockets = describeSockets(faces, config);
  let server;
  try {
    server = listen({
      host: config.HOST,
      port: config.PORT,
      tls: tls?.pair ?? null,
      faces,
      groups: [...health, openApiGroup(describe), asyncApiGroup(sockets), ...pages(config, describe, sockets)],
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
    const isTaken = await isListening(config.HOST, config.PORT);
    const why = isTaken
      ? "another program listens there"
      : "is HOST an address of this machine, and PORT free to take?";
    console.error(`rendezvous: cannot listen on ${config.HOST}:${config.PORT}: ${why} (${(error as Error).message})`);
    return isTaken ? 1 : 2;
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

  greet(config, engine, records, server.url);
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

function noSentinel(log: Logger, error: unknown): null {
  log.error({ err: error }, "no work is refused for being late: that cannot be measured without 127.0.0.1");
  return null;
}

/** The runtime blames a taken port for whatever kept it from listening. */
function isListening(host: string, port: number): Promise<boolean> {
  return new Promise((answer) => {
    const probe = connect({ host, port, timeout: 1_000 });
    const settle = (isThere: boolean) => {
      probe.destroy();
      answer(isThere);
    };
    probe.once("connect", () => settle(true));
    probe.once("error", () => settle(false));
    probe.once("timeout", () => settle(false));
  });
}

/** Last line of defence: what nobody caught is logged, and the process goes on for everybody else. */
function guard(log: Logger): void {
  process.on("unhandledRejection", (error) => log.error({ err: error }, "a promise nobody waited for failed"));
  process.on("uncaughtException", (error) => log.error({ err: error }, "an exception nobody caught"));
}

function greet(config: Config, engine: Engine, records: RecordKeeper | null, url: URL): void {
  const base = url.origin;
  const off = whyNoDashboard(config);
  const lines = [
    `Rendezvous ${version} is listening on ${base}`,
    `  faces      ${config.FACES.join(", ")}`,
    `  engine     ${engine.about}`,
    ...(records === null ? [] : [`  records    ${records.about}`]),
    ...(off === null ? [`  dashboard  ${base}/`] : []),
    `  demos      ${base}/demo`,
    `  docs       ${base}/docs`,
    `  health     ${base}/health  /livez  /readyz  /metrics`,
    ...[...(off === null ? [] : [off]), ...remarks(config)].map((remark) => `  note       ${remark}`),
  ];
  console.log(lines.join("\n"));
}
