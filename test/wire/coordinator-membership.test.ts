import { afterAll, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import { documented } from "../support/coordinator-client.ts";
import { eventually } from "../support/eventually.ts";
import { call, type Answer } from "../support/http.ts";
import type { RunningServer } from "../support/server.ts";
import { bearer, sign } from "../support/tokens.ts";
import { oneNode, twoNodes, type TurnWorld } from "../support/turn-world.ts";
import { Guest } from "./rooms-client.ts";

const SDP = "v=0\r\n";

let made = 0;

describe.each([
  ["one node", oneNode],
  ["two nodes", twoNodes],
] as const)("who is in a session with AUTH_MODE=token, on %s", (_, start) => {
  let world: TurnWorld;
  /** The host's node, and the players'. */
  let one: RunningServer;
  let two: RunningServer;
  let name: string;
  let session: string;
  let rack: string;
  let alice: string;

  beforeAll(async () => {
    world = await start();
    [one, two] = world.nodes;
  }, 60_000);
  afterAll(() => world.stop());

  const ask = (node: RunningServer, token: string, method: string, path: string, body?: unknown): Promise<Answer> =>
    call(method, node.url + path, body, bearer(token));
  const must = async (...args: Parameters<typeof ask>): Promise<any> => {
    const { status, body } = await ask(...args);
    if (status >= 300) throw new Error(`${args.slice(2, 4).join(" ")}: ${status} ${JSON.stringify(body)}`);
    return body;
  };
  const hasTurn = async (node: RunningServer, token: string): Promise<boolean> =>
    (await ask(node, token, "GET", "/api/ice-servers")).status === 200;
  const players = (): string => `/api/sessions/${session}/players`;
  const join = (token: string, player_id: string, node = two) => must(node, token, "POST", players(), { player_id });
  const remove = (token: string, player: string) => must(one, token, "DELETE", `${players()}/${player}`);
  const offer = (node: RunningServer, token: string, peer_id: string, sdp = SDP) =>
    ask(node, token, "POST", "/api/signaling/offer", { session_id: session, peer_id, sdp });
  const listen = (node: RunningServer, token: string, peer: string) =>
    new Guest(`${node.wsUrl}/api/signaling/ws?session_id=${session}&peer_id=${peer}&access_token=${token}`);
  /** A socket that the session knows of. */
  const joined = async (node: RunningServer, token: string, peer: string): Promise<Guest> => {
    const guest = listen(node, token, peer);
    guest.socket.onopen = () => guest.send({ type: "join" });
    expect(await guest.frame()).toMatchObject({ type: "session-joined" });
    return guest;
  };
  const player = (more: Record<string, unknown> = {}, subject = `alice of ${name}`) =>
    sign({ scope: "client", player_id: `alice-${name}`, ...more }, subject);

  beforeEach(async () => {
    name = `${++made}`;
    rack = await sign({ scope: "host", host_id: `host-${name}` }, `rack ${name}`);
    alice = await player();
    const admin = await sign({ scope: "admin" }, "root");
    await must(one, rack, "POST", "/api/hosts", {
      ...documented.host,
      host_id: `host-${name}`,
      player_id: `of-${name}`,
    });
    await must(one, admin, "POST", "/api/zones", { ...documented.zone, zone_id: `zone-${name}` });
    const opening = { host_id: `host-${name}`, zone_id: `zone-${name}`, max_players: 8 };
    session = (await must(one, rack, "POST", "/api/sessions", opening)).session_id;
  });

  describe("TURN credentials", () => {
    test("are given to host and player once the player has joined, on any node and by no other call", async () => {
      expect([await hasTurn(one, rack), await hasTurn(two, alice)]).toEqual([false, false]);
      await join(alice, `alice-${name}`);
      for (const node of [two, one])
        expect([await hasTurn(node, rack), await hasTurn(node, alice)]).toEqual([true, true]);
    });

    test("are not given to a host that is alone, whatever it posts, listens to or makes up", async () => {
      expect((await offer(one, rack, `host-${name}`)).status).toBe(200);
      const guest = await joined(one, rack, `host-${name}`);
      await join(rack, "somebody made up", one);
      const admin = await sign({ scope: "admin" }, "root");
      await join(admin, "somebody else made up");
      expect(await hasTurn(one, rack)).toBe(false);
      await join(alice, `alice-${name}`);
      expect(await hasTurn(one, rack)).toBe(true);
      await guest.close();
    });

    test("are not given to one subject that is both host and player", async () => {
      const self = await player({}, `rack ${name}`);
      await join(self, `alice-${name}`);
      expect((await offer(two, self, `alice-${name}`)).status).toBe(200);
      const guest = await joined(two, self, `alice-${name}`);
      expect([await hasTurn(one, rack), await hasTurn(two, self)]).toEqual([false, false]);
      await guest.close();
    });

    test("are given to host and player when the player that others have added signals by itself", async () => {
      await join(rack, `alice-${name}`, one);
      expect([await hasTurn(one, rack), await hasTurn(two, alice)]).toEqual([false, false]);
      expect((await offer(two, alice, `alice-${name}`)).status).toBe(200);
      await eventually("both are matched", async () => (await hasTurn(one, rack)) && (await hasTurn(two, alice)));
    });

    test("are given no more to a player who was removed, nor to the host it leaves alone", async () => {
      await join(alice, `alice-${name}`);
      const guest = await joined(two, alice, `alice-${name}`);
      expect([await hasTurn(one, rack), await hasTurn(two, alice)]).toEqual([true, true]);
      await remove(rack, `alice-${name}`);
      await guest.closed();
      expect([await hasTurn(one, rack), await hasTurn(two, alice)]).toEqual([false, false]);
      await join(alice, `alice-${name}`);
      expect([await hasTurn(one, rack), await hasTurn(two, alice)]).toEqual([true, true]);
    });

    test("are given no more when the session is over", async () => {
      await join(alice, `alice-${name}`);
      expect([await hasTurn(one, rack), await hasTurn(two, alice)]).toEqual([true, true]);
      await must(one, rack, "POST", `/api/sessions/${session}/end`);
      await eventually(
        "nobody is matched any more",
        async () => !(await hasTurn(one, rack)) && !(await hasTurn(two, alice)),
      );
    });
  });

  describe("a player who is removed", () => {
    beforeEach(() => join(alice, `alice-${name}`));

    test.each([
      ["by the host", () => rack],
      ["by itself", () => alice],
    ])("%s hears nothing more and is cut off as one who is not there", async (_, by) => {
      const guest = await joined(two, alice, `alice-${name}`);
      await remove(by(), `alice-${name}`);
      expect((await offer(one, rack, `host-${name}`, "v=0 not for alice")).status).toBe(200);
      expect(await guest.frame()).toMatchObject({ type: "error", detail: "You are not in this session." });
      expect(await guest.closed()).toEqual({ code: 4403, reason: "forbidden" });
      const again = listen(two, alice, `alice-${name}`);
      expect(await again.frame()).toMatchObject({ type: "error", detail: "You are not in this session." });
      expect(await again.closed()).toEqual({ code: 4403, reason: "forbidden" });
    });

    test("posts nothing more over its socket, and the others hear that it has left", async () => {
      const host = await joined(one, rack, `host-${name}`);
      const guest = await joined(two, alice, `alice-${name}`);
      expect(await host.frame()).toEqual({ type: "peer-joined", peer_id: `alice-${name}` });
      await remove(rack, `alice-${name}`);
      guest.send({ type: "answer", sdp: "v=0 from one who is not there" });
      await guest.closed();
      expect(await host.frame()).toEqual({ type: "peer-left", peer_id: `alice-${name}` });
      const { status } = await ask(one, rack, "GET", `/api/signaling/answer/${session}?peer_id=host-${name}`);
      expect(status).toBe(404);
      await host.close();
    });

    test("posts nothing more either where nobody told its node, as when an operator has it forgotten", async () => {
      const guest = await joined(two, alice, `alice-${name}`);
      const admin = await sign({ scope: "admin" }, "root");
      expect((await ask(one, admin, "POST", "/admin/forget", { player_id: `alice-${name}` })).status).toBe(200);
      // Until what was known of it is looked up again, a post may pass; this says when none does any more.
      let closed = false;
      const end = guest.closed().then((how) => ((closed = true), how));
      await eventually("a post is refused", () => {
        if (!closed) guest.send({ type: "answer", sdp: SDP });
        return closed;
      });
      expect(await end).toEqual({ code: 4403, reason: "forbidden" });
    });

    test("is told nothing by a fetch that was waiting", async () => {
      const path = `/api/signaling/offer/${session}?peer_id=alice-${name}&after=0&wait=20`;
      const waiting = ask(two, alice, "GET", path);
      await eventually("it waits", async () =>
        (await (await fetch(`${two.url}/metrics`)).text()).includes("rendezvous_signal_fetches_waiting 1\n"),
      );
      await remove(rack, `alice-${name}`);
      await offer(one, rack, `host-${name}`, "v=0 not for alice");
      expect((await waiting).status).toBe(403);
    });

    test("leaves the others' sockets alone, and comes back when it joins again", async () => {
      const bob = await player({ player_id: `bob-${name}` }, `bob of ${name}`);
      await join(bob, `bob-${name}`);
      const [host, other] = [await joined(one, rack, `host-${name}`), await joined(two, bob, `bob-${name}`)];
      await host.frame();
      await remove(rack, `alice-${name}`);
      await join(alice, `alice-${name}`);
      const guest = await joined(two, alice, `alice-${name}`);
      guest.send({ type: "offer", to_peer_id: `bob-${name}`, sdp: SDP });
      expect(await other.frame()).toEqual({ type: "peer-joined", peer_id: `alice-${name}` });
      expect(await other.frame()).toMatchObject({ type: "offer", peer_id: `alice-${name}` });
      for (const one of [host, other, guest]) await one.close();
    });
  });

  describe("a fetch that waits when its token ends", () => {
    const fetchFor = (token: string, kind: string, wait: number) =>
      ask(two, token, "GET", `/api/signaling/${kind}/${session}?peer_id=alice-${name}&after=0&wait=${wait}`);
    beforeEach(() => join(alice, `alice-${name}`));

    test("is refused then, and what comes later is kept for the next", async () => {
      const ending = await player({ exp: Math.floor(Date.now() / 1000) + 2 });
      const kinds = ["offer", "answer", "ice-candidates"];
      // Were they to wait on, they would be told that nothing has come.
      const answers = await Promise.all(kinds.map((kind) => fetchFor(ending, kind, 20)));
      for (const { status, body, headers } of answers) {
        expect([status, body]).toEqual([401, { detail: "The token is not good: it has expired." }]);
        expect(headers.get("www-authenticate")).toContain("invalid_token");
      }
      expect((await offer(one, rack, `host-${name}`, "v=0 for a good token")).status).toBe(200);
      const { status, body } = await fetchFor(alice, "offer", 0);
      expect([status, body.sdp]).toEqual([200, "v=0 for a good token"]);
    }, 30_000);

    test("has been answered if there was something before", async () => {
      const waiting = fetchFor(await player({ exp: Math.floor(Date.now() / 1000) + 5 }), "offer", 20);
      expect((await offer(one, rack, `host-${name}`)).status).toBe(200);
      expect((await waiting).status).toBe(200);
    });
  });

  test("the end of a session closes its sockets on every node", async () => {
    await join(alice, `alice-${name}`);
    const guests = [await joined(one, rack, `host-${name}`), await joined(two, alice, `alice-${name}`)];
    await must(one, rack, "DELETE", `/api/hosts/host-${name}`);
    for (const guest of guests) expect(await guest.closed()).toMatchObject({ code: 4004 });
  });

  test("nobody is the host by a player's id, nor a player by a host's", async () => {
    const mallory = await sign({ scope: "client", player_id: `host-${name}` }, "mallory");
    const otherRack = await sign({ scope: "host", host_id: `alice-${name}` }, "another rack");
    await join(alice, `alice-${name}`);
    const inbox = (peer: string) => `/api/signaling/answer/${session}?peer_id=${peer}`;
    // Not even as a player of that name: there is one mailbox for the id, and it is the host's.
    for (let round = 0; round < 2; round++) {
      expect((await offer(two, mallory, `host-${name}`)).status).toBe(403);
      expect((await ask(two, mallory, "GET", inbox(`host-${name}`))).status).toBe(403);
      const guest = listen(two, mallory, `host-${name}`);
      expect(await guest.frame()).toMatchObject({ type: "error" });
      expect(await guest.closed()).toEqual({ code: 4403, reason: "forbidden" });
      if (round === 0) await join(mallory, `host-${name}`);
    }
    expect((await offer(two, otherRack, `alice-${name}`)).status).toBe(403);
    expect((await ask(two, otherRack, "GET", inbox(`alice-${name}`))).status).toBe(403);
    expect((await offer(one, rack, `host-${name}`)).status).toBe(200);
    expect((await offer(two, alice, `alice-${name}`)).status).toBe(200);
  });
});
