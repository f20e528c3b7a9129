import type { Person } from "../../support/cluster.ts";
import { Device, nameOf, type Address, type Hooks } from "../device.ts";
import type { FaultNode } from "../world/node.ts";
import { Client, pause, type LoadContext, type Population } from "./context.ts";

const CHANNEL = "devices";
/** How long a device waits to be registered before it tries elsewhere, in ms. */
const PATIENCE_MS = 5_000;
const BROKEN = { code: 1006 };
/** How often a device sends a few messages, and looks who is there, in ms. */
const [SEND_MS, LOOK_MS] = [120, 1_000];
/** One burst in so many is followed by a goodbye. */
const RESTLESS = 150;
/** One burst in so many goes to a device that nobody has. */
const ABSENT = 20;

/** People with devices that are all contacts of each other. */
export function startDevices(
  load: LoadContext,
  size: { readonly people: number; readonly devices: number },
): Population & { readonly ready: Promise<void> } {
  const all: Owned[] = [];
  const befriended = befriend(load, size.people);
  const working = befriended.then((people) => {
    for (const [at, person] of people.entries()) {
      for (let n = 0; n < size.devices; n++) all.push(new Owned(load, person, `device-${n}`, at + n, all));
    }
    return Promise.all(all.map((one) => one.run()));
  });
  return {
    face: "devices",
    ready: befriended.then(() => undefined),
    finished: working,
    testify: async () => void (await Promise.all(all.map((one) => one.look()))),
    close: () => all.forEach((one) => one.close()),
  };
}

async function befriend(load: LoadContext, count: number): Promise<readonly Person[]> {
  const people = await load.world.people(count);
  for (const [at, one] of people.entries()) {
    for (const other of people.slice(0, at)) {
      await contact(load, one, other, "request");
      await contact(load, other, one, "accept");
    }
  }
  return people;
}

async function contact(load: LoadContext, by: Person, whom: Person, action: string): Promise<void> {
  const { node } = new Client(load, "devices", 0);
  const response = await fetch(`${node.url}/api/contacts`, {
    method: "POST",
    headers: { authorization: `Bearer ${by.token}`, "content-type": "application/json" },
    body: JSON.stringify({ email: whom.email, action }),
  });
  if (!response.ok) throw new Error(`${action}: ${response.status} ${await response.text()}`);
}

/** A device of somebody's that connects again, elsewhere, whenever its connection ends. */
class Owned implements Address {
  readonly email: string;
  readonly device: string;
  readonly #load: LoadContext;
  readonly #person: Person;
  readonly #others: readonly Owned[];
  #node: number;
  #live: Device | null = null;
  #isClosed = false;
  /** Resolves when it is to connect elsewhere, whatever becomes of its connection. */
  #move = Promise.withResolvers<void>();
  readonly #counts = new Map<string, number>();
  readonly #hooks: Hooks;

  constructor(load: LoadContext, person: Person, device: string, node: number, others: readonly Owned[]) {
    [this.#load, this.#person, this.#node, this.#others] = [load, person, node, others];
    [this.email, this.device] = [person.email, device];
    this.#hooks = {
      message: (from, { n, socket }, by) => {
        const names = { from: nameOf(from), fromSocket: socket as string, to: nameOf(by), socket: `${by.serial}` };
        load.history.add("delivered", { channel: CHANNEL, ...names, n: n as number });
      },
      refused: (to, why, by) => {
        const names = { from: nameOf(by), socket: `${by.serial}`, to: nameOf(to) };
        load.history.add("refused", { channel: CHANNEL, ...names, why });
      },
    };
  }

  /** Ends when all is over; stays connected then. */
  async run(): Promise<void> {
    void this.#stayConnected();
    await Promise.all([this.#load.every(SEND_MS, () => this.#send()), this.#load.every(LOOK_MS, () => this.look())]);
  }

  close(): void {
    this.#isClosed = true;
    this.#live?.breakOff();
  }

  async #stayConnected(): Promise<void> {
    const { world, random } = this.#load;
    while (!this.#isClosed) {
      const node = world.nodes[this.#node++ % world.nodes.length]!;
      const device = Device.open(node, this.#person, this.device, this.#hooks);
      const isIn = await this.#isRegistered(device, node);
      if (isIn) this.#live = device;
      else device.breakOff();
      // A connection that was never made need not say that it has ended.
      const ended = isIn ? device.ended() : Promise.race([device.ended(), pause(500).then(() => BROKEN)]);
      const gone = ended.then(({ code }) => this.#gone(device, node, code));
      this.#move = Promise.withResolvers();
      await Promise.race([gone, this.#move.promise]);
      await pause(50 + random(250));
    }
  }

  async #isRegistered(device: Device, node: FaultNode): Promise<boolean> {
    const { history } = this.#load;
    const [askedAt, who, socket] = [performance.now(), nameOf(this), `${device.serial}`];
    const registered = device.registered().then(
      () => true,
      () => false,
    );
    const isIn = await Promise.race([registered, pause(PATIENCE_MS).then(() => false)]);
    // Also where nobody said so: it may have been there for a moment.
    history.add("registered", { presence: "device", who, socket, askedAt }, node.name);
    if (isIn) history.add("opened", { channel: CHANNEL, who, socket }, node.name);
    return isIn;
  }

  #gone(device: Device, node: FaultNode, code: number): void {
    const { history } = this.#load;
    const [who, socket] = [nameOf(this), `${device.serial}`];
    if (this.#live === device) this.#live = null;
    // A goodbye of its own, or a newer socket that has taken over.
    history.add("left", { presence: "device", who, socket, clean: code === 1000 || code === 4001 }, node.name);
    history.add("closed", { channel: CHANNEL, who, socket, code }, node.name);
  }

  #send(): void {
    const { random, history } = this.#load;
    const chosen = this.#others[random(this.#others.length)]!;
    const to = random(ABSENT) === 0 ? { email: chosen.email, device: "absent" } : chosen;
    const live = this.#live;
    if (live === null || live.closed !== null || to === this) return;
    const socket = `${live.serial}`;
    for (let more = random(4); more >= 0; more--) {
      const n = this.#counts.get(nameOf(to)) ?? 0;
      this.#counts.set(nameOf(to), n + 1);
      history.add("sent", { channel: CHANNEL, from: nameOf(this), socket, to: nameOf(to), n });
      live.send(to, { n, socket });
    }
    if (random(RESTLESS) === 0) this.#wander(live);
  }

  /** Says goodbye, or is cut off, or comes by another network while the server still has the old connection. */
  #wander(live: Device): void {
    const how = this.#load.random(3);
    if (how === 0) void live.leave();
    else if (how === 1) live.breakOff();
    else this.#move.resolve();
    this.#live = null;
  }

  async look(): Promise<void> {
    const live = this.#live;
    if (live === null || live.closed !== null) return;
    const askedAt = performance.now();
    const there = await Promise.race([live.check().catch(() => null), pause(PATIENCE_MS).then(() => null)]);
    // A server that says nothing for so long is as good as gone.
    if (there === null) return live.breakOff();
    const maySee = this.#others.filter(({ email }) => email !== this.email).map(nameOf);
    const saw = { presence: "device" as const, watcher: nameOf(this), askedAt, there: [...there.keys()], maySee };
    this.#load.history.add("saw", saw);
  }
}
