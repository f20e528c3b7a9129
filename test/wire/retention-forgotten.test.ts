import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { KINDS } from "../../src/faces/operator/wire.ts";
import { aFighter, arenaClient } from "../support/arena-client.ts";
import { rendezvous } from "../support/cli.ts";
import { coordinatorClient } from "../support/coordinator-client.ts";
import { eventually } from "../support/eventually.ts";
import { call, post } from "../support/http.ts";
import { operatorClient } from "../support/operator-client.ts";
import { startPostgres } from "../support/postgres.ts";
import { startRedis } from "../support/redis.ts";
import { startServer, type RunningServer } from "../support/server.ts";
import { device, signUp, type User } from "./devices-client.ts";

/** Starting stores and nodes may take so long, in ms. */
const PATIENT_MS = 60_000;

interface World {
  /** People come to the first, operators to the last. */
  readonly nodes: readonly RunningServer[];
  /** Where the records are. */
  readonly settings: Readonly<Record<string, string>>;
  stop(): Promise<void>;
}

async function oneNode(): Promise<World> {
  const folder = mkdtempSync(join(tmpdir(), "rendezvous-forgotten-"));
  const settings = { DATA_DIR: folder };
  const node = await startServer({ ...settings, LOG_LEVEL: "debug" });
  return {
    nodes: [node],
    settings,
    async stop() {
      await node.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** The second keeps no records: its audit log is in memory. */
async function twoNodes(): Promise<World> {
  const [redis, postgres] = await Promise.all([startRedis(), startPostgres()]);
  const settings = { DATABASE_URL: postgres.url };
  const shared = { ...settings, REDIS_URL: redis.url, LOG_LEVEL: "debug" };
  const nodes = [await startServer(shared), await startServer({ ...shared, FACES: "rooms" })];
  return {
    nodes,
    settings,
    async stop() {
      await Promise.all(nodes.map((node) => node.stop()));
      await Promise.all([redis.stop(), postgres.stop()]);
    },
  };
}

for (const [name, start] of Object.entries({ "one node with a file": oneNode, "nodes with PostgreSQL": twoNodes })) {
  describe(`somebody who is forgotten, on ${name}`, () => {
    let world: World;
    const first = (): RunningServer => world.nodes[0]!;
    const operator = operatorClient(() => world.nodes.at(-1)!.url);
    beforeAll(async () => {
      world = await start();
      const count = world.nodes.length;
      await eventually("the nodes know each other", async () => (await operator.all("nodes")).length === count);
    }, PATIENT_MS);
    afterAll(() => world.stop(), PATIENT_MS);

    const forget = (body: object) => post(`${first().url}/admin/forget`, body);
    /** The entry of what was done last but for forgetting, as the operator's node has it. */
    const lastAct = async () =>
      (await operator.list("audit")).items.find(({ fields }) => fields["action"] !== "forget")!;

    /** Where one of these names still is: in what operators see of any kind or of these objects, in rows, in the log. */
    const tracesOf = async (names: readonly string[], ids: readonly string[]): Promise<readonly string[]> => {
      const rows = await rendezvous(["export"], world.settings);
      expect(rows.code).toBe(0);
      const places: [string, string][] = [["the records", rows.stdout]];
      for (const [at, node] of world.nodes.entries()) {
        places.push([`the log of node ${at}`, node.output()]);
        const client = operatorClient(() => node.url);
        for (const kind of KINDS) {
          const items = await client.all(kind);
          const objects = await Promise.all(
            [...ids, ...items.map(({ id }) => id)].map((id) => client.ask("GET", `/${kind}/${encodeURIComponent(id)}`)),
          );
          // Of what is not there the answer says nothing.
          places.push([`${kind} of node ${at}`, JSON.stringify([items, objects])]);
        }
        for (const text of [...names, ...ids]) {
          places.push([`a search at node ${at}`, JSON.stringify(await client.search(text))]);
        }
      }
      return places.flatMap(([place, text]) => (names.some((one) => text.includes(one)) ? [place] : []));
    };
    const nowhere = async (names: readonly string[], ids: readonly string[]): Promise<void> => {
      let traces: readonly string[] = [];
      await eventually("nobody knows", async () => {
        traces = await tracesOf(names, ids);
        return traces.length === 0;
      }).catch(() => undefined);
      expect(traces).toEqual([]);
    };

    const ways: Readonly<Record<string, (me: User) => Promise<number>>> = {
      "by an operator's call": async ({ email }) => (await forget({ email })).status - 200,
      "with the account that its owner deletes": async ({ token }) => {
        const password = { password: "correct horse battery" };
        const headers = { authorization: `Bearer ${token}` };
        return (await call("DELETE", `${first().url}/api/auth/account`, password, headers)).status - 204;
      },
    };
    for (const [way, leave] of Object.entries(ways)) {
      test(`is in nothing that operators see and in no log, ${way}; what was done stands`, async () => {
        const [me, other] = [await signUp(first(), "alice"), await signUp(first(), "malice")];
        const [phone, tablet] = [await device(first(), me, "phone"), await device(first(), me, "tablet")];
        const closed = [phone, tablet].map(
          ({ socket }) => new Promise((over) => socket.addEventListener("close", over)),
        );
        const theirs = await device(first(), other, "phone");
        for (const { email } of [me, other]) {
          await operator.act(await operator.get("devices", `${email}/phone`), "kick");
        }
        const before = (await operator.list("audit", { limit: 2 })).items;
        expect(before.map(({ fields }) => fields["target"])).toEqual([`${other.email}/phone`, `${me.email}/phone`]);
        // Refused: there is no such device. The name is written as an operator may write it.
        const id = `${me.email.toUpperCase()}/none`;
        expect((await operator.ask("POST", `/devices/${encodeURIComponent(id)}/kick`, { confirm: id })).status).toBe(
          404,
        );
        const refused = await lastAct();
        expect(await leave(me)).toBe(0);
        await Promise.all(closed);
        await nowhere([me.email, me.email.toUpperCase()], [`${me.email}/phone`, `${me.email}/tablet`, me.email]);
        const [kept, entry] = await Promise.all(before.map((one) => operator.get("audit", one.id)));
        expect(entry).toMatchObject({ state: "done", since: before[1]!.since, label: "kick somebody forgotten" });
        expect(entry!.fields).toEqual({
          ...before[1]!.fields,
          target: "somebody forgotten",
          detail: "somebody forgotten",
        });
        expect(kept).toMatchObject(before[0]!);
        expect(await operator.get("audit", refused.id)).toMatchObject({
          state: "refused",
          label: "kick somebody forgotten",
        });
        expect((await operator.get("devices", `${other.email}/phone`)).history.length).toBeGreaterThan(0);
        await theirs.close();
      });
    }

    test("is not in the audit log after the command has written to the records", async () => {
      const me = await signUp(first(), "carol");
      const target = `${me.email}/phone`;
      const kick = `${first().url}/admin/devices/${encodeURIComponent(target)}/kick`;
      expect((await post(kick, { confirm: target })).status).toBe(404);
      const { code, stdout } = await rendezvous(["forget", "--email", me.email, "--json"], world.settings);
      expect([code, JSON.parse(stdout)]).toEqual([0, { ok: true, gone: 3, left: 0 }]);
      const { items } = await operatorClient(() => first().url).list("audit", { limit: 1 });
      expect(items).toMatchObject([{ state: "refused", fields: { action: "kick", target: "somebody forgotten" } }]);
    });

    test("as a player, is in nothing that operators see of their hosts and of sessions", async () => {
      const player = `dora-${process.pid}-${name.length}`;
      const coordinator = coordinatorClient(() => `${first().url}/api`);
      const host = await coordinator.host({ player_id: player, host_id: `house-of-${player}` });
      const session = await coordinator.session();
      expect((await coordinator.post(`/sessions/${session.session_id}/players`, { player_id: player })).status).toBe(
        200,
      );
      await operator.act(await operator.get("hosts", `coordinator:${host}`), "maintenance");
      expect((await lastAct()).fields["target"]).toBe(`coordinator:${host}`);
      expect((await forget({ player_id: player })).body).toMatchObject({ left: 0 });
      await nowhere([player], [`coordinator:${host}`, session.session_id]);
      expect((await lastAct()).fields).toMatchObject({ action: "maintenance on", target: "somebody forgotten" });
    });

    test("as a player of the arena, is in nothing that operators see of tickets, by code or by wallet", async () => {
      for (const by of ["connect_code", "wallet"]) {
        const arena = arenaClient(() => first().url);
        const fighter = aFighter(`ERIN#${process.pid}${name.length}${by.length}`);
        await arena.join(fighter);
        const ticket = `arena:${fighter.queueId}`;
        const said = await operator.act(await operator.get("tickets", ticket), "cancel");
        expect(said.message).not.toContain(fighter.code);
        const name_ = by === "wallet" ? fighter.address : fighter.code;
        expect((await forget({ [by]: name_ })).body).toMatchObject({ gone: 1, left: 0 });
        expect((await operatorClient(() => first().url).list("audit")).items[0]).toMatchObject({
          state: "done",
          links: [],
          fields: {
            who: expect.stringContaining("this machine"),
            action: "forget",
            kind: "person",
            target: `somebody, by ${by === "wallet" ? "wallet" : "connect code"}`,
            detail: "forgotten: 1",
          },
        });
        await nowhere([fighter.code, fighter.address], [ticket]);
        expect((await lastAct()).fields).toMatchObject({ action: "cancel", target: ticket });
      }
    });

    test("is not asked for by a name that no store can keep", async () => {
      for (const name of ["player_id", "connect_code", "wallet", "email"]) {
        for (const text of ["a\u0000b", "a\ud800"]) {
          const { status, body } = await forget({ [name]: name === "email" ? `${text}@example.com` : text });
          expect([name, status, body.error]).toEqual([name, 400, "invalid_field"]);
        }
      }
    });
  });
}
