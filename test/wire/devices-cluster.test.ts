import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { Redis } from "ioredis";
import { eventually } from "../support/eventually.ts";
import { call } from "../support/http.ts";
import { startPostgres, type RunningPostgres } from "../support/postgres.ts";
import { startRedis, type RunningRedis } from "../support/redis.ts";
import { startServer, type RunningServer } from "../support/server.ts";
import { befriend, device, mail, message, signUp, type Device, type Event, type User } from "./devices-client.ts";
import { devicesSuite } from "./devices-suite.ts";
import { sendToOneWhoDoesNotRead } from "./slow-receiver.ts";

let redis: RunningRedis;
let postgres: RunningPostgres;
let nodes: RunningServer[];
const settings = () => ({ FACES: "devices", REDIS_URL: redis.url, DATABASE_URL: postgres.url });

beforeAll(async () => {
  [redis, postgres] = await Promise.all([startRedis(), startPostgres()]);
  const first = await startServer(settings());
  nodes = [first, ...(await Promise.all([startServer(settings()), startServer(settings())]))];
}, 60_000);

afterAll(async () => {
  await Promise.all(nodes.map((node) => node.stop()));
  await Promise.all([redis.stop(), postgres.stop()]);
}, 30_000);

describe("on three nodes", () => devicesSuite({ nodes: () => nodes }));

/** Reads until an event of this name about this device. */
async function until(client: Device, name: string, deviceId: string): Promise<Event> {
  for (;;) {
    const one = await client.event();
    if (one["event"] === name && one["payload"]?.device_id === deviceId) return one;
  }
}

describe("a receiver on another node that stops reading", () => {
  test("is closed, and the sender is told of each message that did not go out", () =>
    sendToOneWhoDoesNotRead({ near: nodes[0]!, far: nodes[1]! }, 60_000));
});

describe("programs of another make", () => {
  let other: Redis;
  let listening: Redis;
  let heard: Event[];
  let ada: User;
  let bob: User;

  beforeAll(async () => {
    other = new Redis(redis.url);
    listening = new Redis(redis.url);
    heard = [];
    await listening.subscribe("socket:messages");
    listening.on("message", (_, text: string) => {
      if (text.startsWith(`{"target_email":"`)) heard.push(JSON.parse(text) as Event);
    });
    [ada, bob] = [await signUp(nodes[0]!), await signUp(nodes[1]!)];
    await befriend(nodes[0]!, ada, bob);
  });

  afterAll(() => {
    other.disconnect();
    listening.disconnect();
  });

  /** A device that the other program holds. */
  const show = async (user: User, name: string): Promise<void> => {
    const content = { socket_id: `${name}-socket`, device_name: "Theirs", device_type: "mobile" };
    await other.set(`socket:presence:${user.email}:${name}`, JSON.stringify(content), "EX", 120);
    await other.hset(`socket:user_devices:${user.email}`, name, content.socket_id);
  };
  const put = (to: { email: string; device: string }, socket_message: Event) =>
    other.publish(
      "socket:messages",
      JSON.stringify({
        ...{ target_email: to.email, target_device: to.device, socket_message },
        ...{ sender_pod: "pod-7", timestamp: 1_707_417_600 },
      }),
    );

  test("see our devices in the documented keys, until they leave", async () => {
    const first = await device(nodes[0]!, ada, "mirrored");
    const key = `socket:presence:${ada.email}:mirrored`;
    await eventually("the key is there", () => other.exists(key));
    expect(JSON.parse((await other.get(key))!)).toEqual({
      socket_id: first.socketId,
      device_name: "mirrored's name",
      device_type: "desktop",
    });
    expect(await other.ttl(key)).toBeGreaterThan(100);
    expect(await other.ttl(key)).toBeLessThanOrEqual(120);
    await eventually("it is listed", async () => {
      return (await other.hget(`socket:user_devices:${ada.email}`, "mirrored")) === first.socketId;
    });
    const newer = await device(nodes[1]!, ada, "mirrored");
    await eventually("the newer socket is shown", async () => (await other.get(key))?.includes(newer.socketId));
    await eventually("and listed", async () => {
      return (await other.hget(`socket:user_devices:${ada.email}`, "mirrored")) === newer.socketId;
    });
    newer.send({ event: "disconnect" });
    await eventually("the key is gone", async () => (await other.exists(key)) === 0);
    await eventually("the field is gone", async () => {
      return (await other.hget(`socket:user_devices:${ada.email}`, "mirrored")) === null;
    });
  });

  test("are listed by check, get messages over the channel, and give them", async () => {
    await show(bob, "theirs");
    const first = await device(nodes[0]!, ada, "ours");
    first.send({ event: "check" });
    expect(await first.event()).toEqual([
      {
        email: bob.email,
        devices: [{ device_id: "theirs", socket_id: "theirs-socket", device_name: "Theirs", device_type: "mobile" }],
      },
    ] as never);
    const offer = mail(first, { user: bob, device: "theirs" }, { event: "sdp_offer", payload: { sdp: "v=0" } });
    first.send({ ...offer, from_token: "secret" });
    first.send({ ...offer, to_device: "theirs-socket" });
    const ours = (): Event[] => heard.filter(({ target_device }) => target_device === "theirs");
    await eventually("both messages come", () => ours().length === 2);
    expect(ours()[0]).toEqual({
      target_email: bob.email,
      target_device: "theirs",
      socket_message: offer,
      sender_pod: expect.any(String),
      timestamp: expect.any(Number),
    });
    const answer = mail({ user: bob, device: "theirs" }, first, { event: "sdp_answer", payload: { n: 1 } });
    await put({ email: ada.email, device: "ours" }, answer);
    expect(await first.event()).toEqual(answer);
    const stranger = await signUp(nodes[2]!);
    await put({ email: ada.email, device: "ours" }, { ...answer, from_email: stranger.email });
    await put({ email: ada.email, device: "ours" }, { ...answer, payload: { n: 2 } });
    expect((await first.event())["payload"]).toEqual({ n: 2 });
    first.send({ event: "disconnect" });
    await first.closed();
    await other.del(`socket:presence:${bob.email}:theirs`);
  });

  test("are not there any more once their key is gone", async () => {
    const first = await device(nodes[0]!, ada, "ours");
    first.send(mail(first, { user: bob, device: "theirs" }));
    await first.expectEvent("target_not_found");
    first.send({ event: "disconnect" });
    await first.closed();
  });

  test("hear who joins and leaves, and tell us", async () => {
    const first = await device(nodes[0]!, ada, "watching");
    const news = message({
      from_email: bob.email,
      from_device: "theirs",
      event: "user_joined",
      payload: { email: bob.email, device_id: "theirs" },
    });
    await put({ email: "*", device: "*" }, news);
    expect(await first.event()).toEqual(news);
    const said = (event: string) =>
      heard.filter(
        ({ target_email, target_device, socket_message: { event: name, from_device } }) =>
          target_email === "*" && target_device === "*" && name === event && from_device === "watching",
      ).length;
    first.send({ event: "disconnect" });
    await first.closed();
    // That somebody listens is noticed within two seconds.
    await eventually("they hear of ours", async () => {
      const again = await device(nodes[0]!, ada, "watching");
      again.send({ event: "disconnect" });
      await again.closed();
      return said("user_joined") > 0 && said("user_left") > 0;
    });
  });

  test("broken things on the channel and in keys harm nobody", async () => {
    for (const text of ["", "{", "[]", `{"target_email":1}`, `{"target_email":"*","target_device":"*"}`]) {
      await other.publish("socket:messages", ` ${text}`);
    }
    await other.set(`socket:presence:${bob.email}:broken`, "{");
    await other.hset(`socket:user_devices:${bob.email}`, "broken", "s", "gone", "t");
    const first = await device(nodes[0]!, ada, "calm");
    first.send({ event: "check" });
    expect(await first.text()).toBe("[]");
    first.send(mail(first, { user: bob, device: "broken" }));
    await first.expectEvent("target_not_found");
    first.send({ event: "disconnect" });
  });
});

describe("faults", () => {
  let ada: User;
  let bob: User;
  let watcher: Device;

  beforeAll(async () => {
    [ada, bob] = [await signUp(nodes[0]!), await signUp(nodes[1]!)];
    await befriend(nodes[0]!, ada, bob);
    watcher = await device(nodes[0]!, ada, "watcher");
  });

  test("kill -9 of a node: its devices are told of once within ten seconds, and messages are refused", async () => {
    const victim = await startServer(settings());
    const doomed = await Promise.all(Array.from({ length: 5 }, (_, n) => device(victim, bob, `doomed${n}`)));
    for (let n = 0; n < 5; n++) await watcher.expectEvent("user_joined");
    const began = performance.now();
    await victim.stop("SIGKILL");
    watcher.send(mail(watcher, doomed[0]!));
    const news: Event[] = [];
    while (news.length < 6) news.push(await watcher.event());
    expect(performance.now() - began).toBeLessThan(10_500);
    const left = news.filter(({ event }) => event === "user_left").map(({ payload }) => payload.device_id as string);
    expect(left.toSorted()).toEqual(doomed.map((one) => one.device).toSorted());
    expect(news.filter(({ event }) => event === "target_not_found")).toHaveLength(1);
    expect(await watcher.before()).toEqual([]);
  }, 30_000);

  test("SIGSTOP of a node for a while: it wakes, and its late cleanup takes nothing from anybody", async () => {
    const sleeper = await startServer(settings());
    const [moved, stayed] = [await device(sleeper, bob, "moved"), await device(sleeper, bob, "stayed")];
    await until(watcher, "user_joined", "stayed");
    process.kill(sleeper.pid, "SIGSTOP");
    await until(watcher, "user_left", "stayed");
    const back = await device(nodes[1]!, bob, "moved");
    process.kill(sleeper.pid, "SIGCONT");
    expect((await moved.closed()).code).toBe(4001);
    await until(watcher, "user_joined", "stayed");
    for (const one of [back, stayed]) {
      watcher.send(mail(watcher, one));
      // What became of the other one meanwhile may come first.
      let heard = await one.event();
      while (heard["event"] !== "try_connect") {
        expect(["user_left", "user_joined"]).toContain(heard["event"]);
        heard = await one.event();
      }
      one.send({ event: "disconnect" });
      await one.closed();
    }
    expect(await sleeper.stop()).toBe(0);
  }, 60_000);

  test("Redis away: what is here goes on, what is elsewhere is refused at once, and all comes back by itself", async () => {
    const far = await device(nodes[1]!, bob, "far");
    await until(watcher, "user_joined", "far");
    watcher.send(mail(watcher, far));
    await far.expectEvent("try_connect");
    await eventually("the message is settled", async () => {
      return (await call("GET", `${nodes[0]!.url}/metrics`)).body.includes("device_waiting_characters 0");
    });
    await redis.stop();
    const here = await device(nodes[0]!, bob, "here");
    await watcher.expectEvent("user_joined");
    watcher.send(mail(watcher, here));
    await here.expectEvent("try_connect");
    const began = performance.now();
    watcher.send(mail(watcher, far));
    expect(await watcher.event()).toEqual({
      event: "error",
      error: "Failed to route message - Redis unavailable",
      target_email: bob.email,
      target_device: "far",
    });
    expect(performance.now() - began).toBeLessThan(1_000);
    watcher.send({ event: "check" });
    const online = (await watcher.event()) as unknown as Event[];
    expect(online[0]!["devices"].map(({ device_id }: Event) => device_id)).toEqual(["here"]);
    const ready = await call("GET", `${nodes[0]!.url}/readyz`);
    expect([ready.status, ready.body.status]).toEqual([200, "degraded"]);

    redis = await startRedis(redis.port);
    const deadline = performance.now();
    await eventually("the presences are back", async () => {
      watcher.send({ event: "check" });
      const all = (await watcher.event()) as unknown as Event[];
      return Array.isArray(all) && all[0]?.["devices"].length === 2;
    });
    expect(performance.now() - deadline).toBeLessThan(6_000);
    const arrived = far.event();
    await eventually("messages go through", async () => {
      watcher.send(mail(watcher, far));
      const answer = await Promise.race([arrived, watcher.event()]);
      return answer["event"] === "try_connect";
    });
    const errors = nodes[0]!
      .output()
      .split("\n")
      .filter((line) => line.includes("redis is not reachable"));
    expect(errors).toHaveLength(1);
  }, 60_000);
});
