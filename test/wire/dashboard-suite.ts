import { afterAll, afterEach, beforeAll, describe, expect, test } from "bun:test";
import type { Overview } from "../../src/faces/operator/wire.ts";
import { aFighter, arenaClient } from "../support/arena-client.ts";
import { connectChat, type ChatClient } from "../support/chat-client.ts";
import { coordinatorClient } from "../support/coordinator-client.ts";
import { eventually } from "../support/eventually.ts";
import { call, post } from "../support/http.ts";
import { operatorClient } from "../support/operator-client.ts";
import { publisher } from "../support/match-stream.ts";
import { openRoomPeer } from "../support/room-peer.ts";
import type { RunningServer } from "../support/server.ts";
import { device, mail, signUp, type Device } from "./devices-client.ts";

/** Starting stores and nodes may take so long, in ms. */
const PATIENT_MS = 60_000;

/** `nodes`: one after another; clients come to the last, the operator to the first. */
export type DashboardNodes = { readonly nodes: readonly RunningServer[]; stop(): Promise<void> };

let named = 0;
const unique = (what: string): string => `${what}-${process.pid}-${named++}`;

/** What the dashboard's page asks for, from outside. */
export function dashboardSuite(name: string, start: () => Promise<DashboardNodes>): void {
  describe(`the dashboard of ${name}`, () => {
    let world: DashboardNodes;
    const here = (): RunningServer => world.nodes[0]!;
    const there = (): RunningServer => world.nodes.at(-1)!;
    const operator = operatorClient(() => here().url);
    const arena = arenaClient(() => there().url);
    const coordinator = coordinatorClient(() => `${there().url}/api`);
    const chats: ChatClient[] = [];
    const devices: Device[] = [];

    beforeAll(async () => {
      world = await start();
      const count = world.nodes.length;
      await eventually("the nodes know each other", async () => (await operator.all("nodes")).length === count);
    }, PATIENT_MS);
    afterEach(async () => {
      for (const chat of chats.splice(0)) chat.close();
      for (const one of devices.splice(0)) await one.close();
    });
    afterAll(() => world.stop());

    const beat = async (hostId: string, region: string, more: object = {}) => {
      const answer = await post(`${there().url}/api/host/heartbeat`, {
        hostId,
        roomId: `room-${hostId}`,
        region,
        ...more,
      });
      expect(answer.body).toEqual({ success: true, ttl: 30 });
    };
    const find = (region: string) => post(`${there().url}/api/match/find`, { region });
    const chatter = async (gender: string): Promise<ChatClient> => {
      const client = await connectChat(there().url, { transports: ["websocket"] });
      chats.push(client);
      client.send("join", { name: gender, age: 30, gender });
      return client;
    };
    const overviewWhere = async (holds: (overview: Overview) => boolean): Promise<Overview> => {
      const watch = await operator.watch();
      const overview = await watch.until("overview", holds);
      await watch.close();
      return overview;
    };

    test("the overview shows every node, and counts hosts by region and state", async () => {
      const region = unique("region");
      for (const at of [1, 2, 3]) await beat(`${region}-${at}`, region);
      await find(region);
      const mine = ({ hosts }: Overview) => hosts.filter((row) => row.region === region);
      const overview = await overviewWhere((one) => mine(one).length === 2);
      expect(mine(overview).toSorted((a, b) => a.count - b.count)).toEqual([
        { face: "host-pool", region, state: "allocated", count: 1 },
        { face: "host-pool", region, state: "idle", count: 2 },
      ]);
      expect(overview.nodes).toHaveLength(world.nodes.length);
      expect(overview.nodes.filter(({ isSelf }) => isSelf)).toHaveLength(1);
      for (const node of overview.nodes) {
        expect(node).toMatchObject({ state: "up", since: expect.any(Number), rss: expect.any(Number) });
      }
      expect(overview.troubles).toEqual([]);
    });

    test("the stream begins with the history, and adds a sample to it every five seconds", async () => {
      const watch = await operator.watch();
      expect(await watch.next()).toMatchObject({ event: "history" });
      await find("nowhere");
      const { latency } = await watch.until("overview", ({ rates }) => rates.requests > 0 && rates.refusals > 0);
      expect(latency.byFace["host-pool"]).toMatchObject({ p50: expect.any(Number), p99: expect.any(Number) });
      const sample = await watch.until("sample", ({ nodes }) => nodes === world.nodes.length);
      expect(sample.at % 5_000).toBe(0);
      await watch.close();
      const second = await operator.watch();
      const first = await second.next();
      expect(first!.event === "history" && first!.data.samples.map(({ at }) => at)).toContain(sample.at);
      await second.close();
    }, 30_000);

    test("hosts of both faces are in one list, page by page, by state, region and part of their name", async () => {
      const region = unique("region");
      for (const at of [1, 2, 3, 4, 5]) await beat(`${region}-${at}`, region);
      const other = await coordinator.host();
      await find(region);
      const mine = await operator.all("hosts", { region, limit: 2 });
      expect(mine.map(({ id }) => id).toSorted()).toEqual([1, 2, 3, 4, 5].map((at) => `host-pool:${region}-${at}`));
      expect(await operator.all("hosts", { region, state: "allocated" })).toHaveLength(1);
      expect(await operator.all("hosts", { q: `${region}-4` })).toMatchObject([{ label: `${region}-4` }]);
      const all = await operator.all("hosts", { limit: 3 });
      expect(all.map(({ id }) => id)).toEqual(expect.arrayContaining([`coordinator:${other}`, mine[0]!.id]));
      expect(new Set(all.map(({ id }) => id)).size).toBe(all.length);
      expect((await operator.list("hosts", { limit: 1 })).items).toHaveLength(1);
    });

    test("a host whose id has half a character is listed, and keeps no other from being", async () => {
      const region = unique("region");
      await Promise.all([beat(`${region}-\ud800`, region), beat(region, region)]);
      expect(await operator.all("hosts", { region })).toHaveLength(2);
    });

    test("a host has its history and its room, and nobody finds it in maintenance", async () => {
      const region = unique("region");
      await beat(region, region);
      const host = await operator.get("hosts", `host-pool:${region}`);
      expect(host).toMatchObject({ state: "idle", region, links: [{ as: "room", id: `room-${region}` }] });
      expect(host.history).toMatchObject([{ what: "registered", detail: `region ${region}` }]);
      expect(await operator.act(host, "maintenance")).toMatchObject({ done: true });
      for (let times = 0; times < 3; times++) {
        expect((await find(region)).status).toBe(404);
        await beat(region, region, { status: "idle" });
      }
      const kept = await operator.get("hosts", host.id);
      expect(kept.state).toBe("maintenance");
      await operator.act(kept, "maintenance");
      await beat(region, region);
      expect((await find(region)).status).toBe(200);
      const after = await operator.get("hosts", host.id);
      expect(after.state).toBe("allocated");
      expect(after.history.map(({ what }) => what)).toEqual([
        "registered",
        "maintenance on",
        "maintenance off",
        "found",
      ]);
    });

    test("a host of the coordinator takes no session in maintenance, and goes on beating", async () => {
      const [host_id, zone_id] = [await coordinator.host(), await coordinator.zone()];
      const host = await operator.get("hosts", `coordinator:${host_id}`);
      await operator.act(host, "maintenance");
      expect((await coordinator.get(`/hosts/${host_id}`)).body.status).toBe("MAINTENANCE");
      expect((await coordinator.post("/sessions/", { host_id, zone_id, max_players: 5 })).status).toBe(400);
      expect((await coordinator.post(`/hosts/${host_id}/heartbeat`, { current_players: 0 })).status).toBe(200);
      await operator.act(await operator.get("hosts", host.id), "maintenance");
      expect((await coordinator.post("/sessions/", { host_id, zone_id, max_players: 5 })).status).toBe(201);
    });

    test("a session is ended, and its history says what happened in it", async () => {
      const host_id = await coordinator.host();
      const { session_id } = await coordinator.session({ host_id });
      await coordinator.post(`/sessions/${session_id}/activate`);
      await coordinator.post(`/sessions/${session_id}/players`, { player_id: "player-1" });
      const session = await operator.get("sessions", session_id);
      expect(session).toMatchObject({ state: "ACTIVE", links: [{ as: "host", id: `coordinator:${host_id}` }] });
      await operator.act(session, "end");
      expect((await coordinator.get(`/sessions/${session_id}`)).body.status).toBe("ENDED");
      const { history, actions, state } = await operator.get("sessions", session_id);
      expect({ state, actions }).toEqual({ state: "ENDED", actions: [] });
      expect(history.map(({ what }) => what)).toEqual(expect.arrayContaining(["opened", "activated", "ended", "end"]));
      const again = await operator.ask("POST", `/sessions/${session_id}/end`, { confirm: session_id });
      expect(again).toMatchObject({ status: 409, body: { error: "action_refused" } });
      await overviewWhere(({ sessions }) => sessions.some(({ state, count }) => state === "over" && count > 0));
    });

    test("a fighter waits because nobody else does, is taken out, and can join again", async () => {
      const fighter = aFighter();
      await arena.join(fighter);
      const ticket = await operator.get("tickets", `arena:${fighter.queueId}`);
      expect(ticket).toMatchObject({
        state: "waiting",
        label: fighter.code,
        waiting: { reasons: ["Nobody else waits."] },
      });
      await overviewWhere(({ queues }) => queues.some((one) => one.name === "arena" && one.waiting === 1));
      await operator.act(ticket, "cancel");
      expect((await arena.get(`/queue/${fighter.queueId}`)).body.status).toBe("cancelled");
      await arena.join(fighter);
      await arena.join(aFighter());
      const matched = await operator.get("tickets", `arena:${fighter.queueId}`);
      expect(matched).toMatchObject({ state: "matched", links: [{ as: "match" }] });
      const match = await operator.get("matches", matched.links[0]!.id);
      expect(match).toMatchObject({ state: "playing", history: [{ what: "made" }] });
      const seen = await overviewWhere(({ queues }) =>
        queues.some(({ name, formed }) => name === "arena" && formed > 0),
      );
      expect(seen.queues.find((one) => one.name === "arena")).toMatchObject({ waitP95Ms: expect.any(Number) });
    });

    test("a match that is streamed is among the streams", async () => {
      const { id } = await arena.match();
      const publish = publisher(there, id);
      await publish.start();
      expect(await operator.all("streams")).toMatchObject([{ id, state: "live", fields: { viewers: 0 } }]);
      await overviewWhere(({ streams }) => streams.live === 1);
      await publish.end();
      expect(await operator.all("streams")).toEqual([]);
    });

    test("who waits for a chat learns why: nobody, nobody of the side it seeks, its last partner", async () => {
      const him = await chatter("male");
      await him.next("waiting");
      const why = async (client: ChatClient) =>
        (await operator.get("tickets", `video-chat:${client.id}`)).waiting?.reasons;
      expect(await why(him)).toEqual(["Nobody else waits."]);
      const other = await chatter("male");
      await other.next("waiting");
      expect(await why(other)).toEqual([
        "1 other waits, but nobody on the side that it seeks, female.",
        expect.stringMatching(/in its line\.$/),
      ]);
      other.close();
      const her = await chatter("female");
      await him.next("matched");
      await her.next("matched");
      const [match] = await operator.all("matches", { state: "talking" });
      expect(match).toMatchObject({ face: "video-chat" });
      await overviewWhere(({ videoChat }) => videoChat.talking === 2);
      her.send("stop");
      await him.next("partner-disconnected");
      await her.next("waiting");
      await eventually("both wait again", async () => {
        const reasons = (await why(her)) ?? [];
        return reasons[0] === "The only one who fits was its partner just now: they do not meet again for ten seconds.";
      });
    });

    test("a ticket of the chat is cancelled: its client is disconnected for good", async () => {
      const her = await chatter("female");
      await her.next("waiting");
      const gone = new Promise<string>((heard) => her.socket.once("disconnect", heard));
      await operator.act(await operator.get("tickets", `video-chat:${her.id}`), "cancel");
      expect(await gone).toBe("io server disconnect");
      const { state, actions, history } = await operator.get("tickets", `video-chat:${her.id}`);
      expect({ state, actions }).toEqual({ state: "gone", actions: [] });
      expect(history.map(({ what }) => what)).toEqual(expect.arrayContaining(["waiting", "cancel", "left"]));
    });

    test("a device is found by whatever names it, and kicked", async () => {
      const user = await signUp(there(), "home/office");
      const own = await device(there(), user, "a/b c");
      devices.push(own);
      const id = `${user.email}/a/b c`;
      expect(await operator.get("devices", id)).toMatchObject({ state: "online", fields: { socket: own.socketId } });
      for (const name of [id, user.email, own.socketId, "a/b c"]) {
        expect(await operator.search(name)).toContainEqual({ kind: "devices", id, label: "a/b c's name" });
      }
      await overviewWhere((one) => one.devices.online === 1 && one.users.online === 1);
      await operator.act(await operator.get("devices", id), "kick");
      expect(await own.closed()).toEqual({ code: 1008, reason: "ended by an operator" });
      await eventually("it is gone", async () => (await operator.all("devices")).length === 0);
      const back = await device(there(), user, "a/b c");
      devices.push(back);
      back.send(mail(back, back));
      // That it was kicked and that it has left are two things, of which either may be noted first.
      const { history } = await operator.get("devices", id);
      expect(history.map(({ what }) => what).toSorted()).toEqual(["kick", "left", "registered", "registered"]);
    });

    test("what was refused is listed by route and by code, on the node where it was", async () => {
      const node = (await overviewOf(operatorClient(() => there().url))).node;
      await find("nowhere");
      const mine = (await operator.all("refusals", { state: "refused" })).filter((one) => one.node === node);
      expect(mine.find(({ label }) => label === "404 POST /api/match/find")).toMatchObject({
        face: "host-pool",
        fields: { count: expect.any(Number), of: expect.stringMatching(/^\d+ requests$/), status: 404 },
      });
      const byCode = mine.find(({ label }) => label === "no_host_available");
      expect(await operator.get("refusals", byCode!.id)).toMatchObject({ fields: { by: "code", of: "requests" } });
    });

    test("a player leads to their sessions, and a request to what it has changed", async () => {
      const { session_id } = await coordinator.session({});
      await coordinator.post(`/sessions/${session_id}/activate`);
      const player_id = unique("player");
      const name = unique("request");
      const joined = await call(
        "POST",
        `${there().url}/api/sessions/${session_id}/players`,
        { player_id },
        { "x-request-id": name },
      );
      expect(joined.status).toBe(200);
      for (const text of [player_id, name]) {
        expect(await operator.search(text)).toEqual([{ kind: "sessions", id: session_id, label: session_id }]);
      }
    });

    test("a room shows who is in it", async () => {
      const room = unique("room");
      const peer = await openRoomPeer(there().wsUrl, room);
      expect(await operator.get("rooms", room)).toMatchObject({
        state: "waiting",
        fields: { peers: 1 },
        history: [{ what: "occupied", detail: "1 in it" }],
      });
      expect(await operator.search(room)).toContainEqual({ kind: "rooms", id: room, label: room });
      await overviewWhere(({ rooms }) => rooms.open > 0 && rooms.peers > 0);
      peer.leave();
    });

    test("what is done without its id is not done; what was done is in the audit log", async () => {
      const region = unique("region");
      await beat(region, region);
      const path = `/hosts/host-pool/${region}/maintenance`;
      for (const body of [{ on: true }, { on: true, confirm: "another" }]) {
        expect(await operator.ask("POST", path, body)).toMatchObject({ status: 400, body: { error: "not_confirmed" } });
      }
      const absent = { on: true, confirm: "host-pool:nobody" };
      expect((await operator.ask("POST", "/hosts/host-pool/nobody/maintenance", absent)).status).toBe(404);
      await operator.act(await operator.get("hosts", `host-pool:${region}`), "maintenance");
      const [done, refused] = (await operator.list("audit", { limit: 2 })).items;
      expect(done).toMatchObject({
        state: "done",
        since: expect.any(Number),
        fields: { who: "this machine (127.0.0.1)", action: "maintenance on", target: `host-pool:${region}` },
      });
      expect(refused).toMatchObject({ state: "refused", fields: { target: "host-pool:nobody" } });
      expect(await operator.get("audit", done!.id)).toMatchObject({ id: done!.id });
    });

    test("kinds that are not there and cursors that lead nowhere are refused", async () => {
      expect((await operator.ask("GET", "/things")).status).toBe(404);
      expect((await operator.ask("GET", "/hosts/host-pool:nobody")).status).toBe(404);
      expect((await operator.ask("GET", "/hosts?cursor=nonsense")).status).toBe(404);
      expect((await operator.ask("GET", "/hosts?limit=100000")).status).toBe(400);
    });

    test("cursors that nobody was given are refused, whatever stands in them", async () => {
      const sources = [
        ...["hosts@host-pool", "hosts@coordinator", "sessions@coordinator", "tickets@arena", "matches@arena"],
        ...["streams@arena", "audit@"],
      ];
      const places = ["", "x", "-1", "1.5", "NaN", "1e400", "9".repeat(30), "\u0000", "[1,2]", '["x",""]', '["",1]'];
      for (const source of sources) {
        for (const place of places) {
          const cursor = Buffer.from(JSON.stringify([source, place])).toString("base64url");
          const { status, body } = await operator.ask("GET", `/${source.split("@")[0]}?cursor=${cursor}`);
          expect({ source, place, status, error: body.error }).toEqual({
            ...{ source, place, status: 404, error: "object_not_found" },
          });
        }
      }
    });

    test("nothing has an id that no store can keep", async () => {
      for (const id of ["%00", "a%00b", "arena:%00", "coordinator:%00", "host-pool:%00", "video-chat:%00"]) {
        for (const kind of ["hosts", "sessions", "tickets", "matches", "devices", "nodes", "audit"]) {
          expect((await operator.ask("GET", `/${kind}/${id}`)).status).toBe(404);
        }
        for (const act of ["sessions/:id/end", "tickets/:id/cancel", "devices/:id/kick", "nodes/:id/drain"]) {
          expect((await operator.ask("POST", `/${act.replace(":id", id)}`, {})).status).toBe(404);
        }
        expect((await operator.ask("POST", `/hosts/coordinator/${id}/maintenance`, { on: true })).status).toBe(404);
        expect((await operator.ask("GET", `/search?q=${id}`)).status).toBe(400);
      }
    });

    test("a node is drained: it ends, and the others say that it is gone", async () => {
      const self = await overviewWhere(() => true);
      const other = operatorClient(() => there().url);
      const { id } = (await overviewOf(other)).nodes.find(({ isSelf }) => isSelf)!;
      const node = await operator.get("nodes", id);
      // Whoever presses the button twice must not cut short what the first word began.
      const words = await Promise.allSettled([operator.act(node, "drain"), operator.act(node, "drain")]);
      // The later one may be refused, because it drains already.
      expect(words.map(({ status }) => status)).toContain("fulfilled");
      expect(await there().exited).toBe(0);
      if (world.nodes.length === 1) return;
      expect(self.node).not.toBe(id);
      const after = await overviewWhere(({ nodes }) => nodes.some((node) => node.id === id && node.state === "gone"));
      expect(after.nodes).toHaveLength(world.nodes.length);
      const gone = { id, state: "gone", fields: { lastHeardAt: expect.any(Number) } };
      expect(await operator.all("nodes", { state: "gone" })).toMatchObject([gone]);
      expect(await operator.get("nodes", id)).toMatchObject(gone);
      expect(await operator.all("nodes")).toHaveLength(world.nodes.length);
      expect((await call("GET", `${here().url}/readyz`)).status).toBe(200);
    }, 30_000);

    const overviewOf = async (client: typeof operator): Promise<Overview> => {
      const watch = await client.watch();
      const overview = await watch.until("overview", () => true);
      await watch.close();
      return overview;
    };
  });
}
