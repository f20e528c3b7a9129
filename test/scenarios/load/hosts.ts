import { Client, pause, type LoadContext, type Population } from "./context.ts";

const BEAT_MS = 1_000;
/** One beat in so many is a host's last for a while. */
const RESTLESS = 40;
/** How long a host that fell silent stays so, in ms: past its lease. */
const SILENCE_MS = 8_000;

/** Pool hosts that beat, leave, fall silent and return, and players who find them. */
export function startHosts(load: LoadContext, size: { readonly hosts: number; readonly finders: number }): Population {
  const hosts = Array.from({ length: size.hosts }, (_, at) => hostAtWork(load, `host-${at}`, at));
  const finders = Array.from({ length: size.finders }, (_, at) => find(load, new Client(load, "host-pool", at)));
  return { face: "host-pool", finished: Promise.all([...hosts, ...finders]), close: () => undefined };
}

async function hostAtWork(load: LoadContext, id: string, at: number): Promise<void> {
  const { history } = load;
  const client = new Client(load, "host-pool", at);
  let stays = 0;
  let isThere = false;
  const socket = (): string => `${id}#${stays}`;
  await load.every(BEAT_MS, async () => {
    const beat = { hostId: id, roomId: id, region: "eu", status: "idle" };
    const { fate, askedAt, node } = await client.ask("beat", "POST", "/api/host/heartbeat", beat);
    history.add("beat", { presence: "host", who: id, askedAt, fate }, node.name);
    if (fate === "done" && !isThere) {
      isThere = true;
      history.add("registered", { presence: "host", who: id, socket: socket(), askedAt }, node.name);
    }
    if (!isThere || fate !== "done" || load.random(RESTLESS) > 0) return;
    const says = load.random(2) === 0;
    if (says) {
      const gone = await client.ask("leave", "DELETE", `/api/host/${id}`);
      const until = gone.fate === "unknown" ? Infinity : performance.now();
      history.add("freed", { host: id, askedAt: gone.askedAt, until }, gone.node.name);
      if (gone.fate !== "done") return;
    }
    history.add("left", { presence: "host", who: id, socket: socket(), clean: says });
    isThere = false;
    stays++;
    await pause(says ? 2_000 : SILENCE_MS);
  });
}

async function find(load: LoadContext, client: Client): Promise<void> {
  const { history } = load;
  await load.every(250, async () => {
    const found = await client.ask("find", "POST", "/api/match/find", { region: "eu" });
    if (found.fate !== "done") return;
    const host: string = found.body.roomId;
    const { askedAt, node } = found;
    history.add("allocated", { host, askedAt }, node.name);
    history.add("saw", { presence: "host", watcher: "find", askedAt, there: [host], maySee: [] }, node.name);
    // Half of the players never come; the others play for a moment.
    if (load.random(2) === 0) return;
    await client.ask("busy", "POST", "/api/host/status", { hostId: host, status: "busy" });
    await pause(100 + load.random(400));
    const freed = await client.ask("idle", "POST", "/api/host/status", { hostId: host, status: "idle" });
    const until = freed.fate === "unknown" ? Infinity : performance.now();
    history.add("freed", { host, askedAt: freed.askedAt, until }, freed.node.name);
  });
}
