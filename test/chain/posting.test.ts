import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startAnvil, type RunningAnvil, type Wallet } from "../support/anvil.ts";
import { arenaClient } from "../support/arena-client.ts";
import { eventually } from "../support/eventually.ts";
import { freePort } from "../support/free-port.ts";
import { ourProgram } from "../support/our-program.ts";
import { startRpcProxy, type RpcProxy } from "../support/rpc-proxy.ts";
import { startServer, type RunningServer } from "../support/server.ts";

let anvil: RunningAnvil;
let wallet: Wallet;
let folder: string;
let settings: Record<string, string>;
beforeAll(async () => {
  anvil = await startAnvil({ blockSeconds: 0.2 });
}, 20_000);
afterAll(() => anvil.stop());
beforeEach(async () => {
  wallet = await anvil.wallet();
  folder = mkdtempSync(join(tmpdir(), "rendezvous-chain-"));
  settings = {
    FACES: "arena",
    DATA_DIR: folder,
    ARENA_PRIVATE_KEY: wallet.privateKey,
    REPUTATION_REGISTRY: anvil.registry,
    MONAD_RPC_URL: anvil.url,
  };
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

let agents = 1_000;

/** Two agents play and sign, so that both are rated; their ids. */
async function rate(server: RunningServer): Promise<readonly [number, number]> {
  const api = arenaClient(() => server.url);
  const ids = [agents++, agents++] as const;
  const match = await api.match([{ agent_id: ids[0] }, { agent_id: ids[1] }]);
  await api.end(match);
  const { body: typed } = await api.get(`/matches/${match.id}/typed-data`);
  for (const fighter of [match.p1, match.p2]) {
    const body = { address: fighter.address, signature: await fighter.sign(typed) };
    expect((await api.post(`/matches/${match.id}/signature`, body)).status).toBe(200);
  }
  expect((await api.get(`/agents/${ids[0]}/rating`)).body.elo).toBe(1516);
  return ids;
}

const figure = async (server: RunningServer, name: string): Promise<number | null> => {
  const text = await (await fetch(`${server.url}/metrics`)).text();
  const line = text.split("\n").find((one) => one.startsWith(`rendezvous_${name} `));
  return line === undefined ? null : Number(line.split(" ")[1]);
};
const counted = (server: RunningServer, state: string) => figure(server, `arena_feedback{state="${state}"}`);
const posted = (server: RunningServer) =>
  eventually(
    "every rating is confirmed, or dead",
    async () => {
      const open = await Promise.all(["queued", "signed", "sent"].map((state) => counted(server, state)));
      return open.every((count) => count === 0);
    },
    30_000,
  );
const timesSaid = (ids: readonly number[]) =>
  Promise.all(ids.map(async (id) => (await anvil.feedback(BigInt(id), wallet.address)).length));

describe("a server that posts ratings", () => {
  test("starts and serves without its endpoint, and posts once it is there; nothing printed holds the key", async () => {
    const port = await freePort();
    const server = await startServer({
      ...settings,
      MONAD_RPC_URL: `http://user:pass-word@127.0.0.1:${port}/v1/endpoint-key`,
      LOG_LEVEL: "debug",
    });
    let proxy: RpcProxy | null = null;
    try {
      const ids = await rate(server);
      await eventually("it tried", async () => (await figure(server, `chain_failures{work="post"}`)) !== 0);
      expect((await fetch(`${server.url}/health`)).status).toBe(200);
      expect(await timesSaid(ids)).toEqual([0, 0]);
      proxy = startRpcProxy(anvil.url, port);
      await posted(server);
      expect(await timesSaid(ids)).toEqual([1, 1]);
      await proxy.stop();
      const later = await rate(server);
      await eventually("it failed again", async () => (await figure(server, `chain_failures{work="post"}`)) !== 0);
      proxy = startRpcProxy(anvil.url, port);
      await posted(server);
      expect(await timesSaid(later)).toEqual([1, 1]);
      await eventually("it is said", () => server.output().includes("could not post ratings"));
      for (const secret of [wallet.privateKey.slice(2), "pass-word", "endpoint-key"]) {
        expect(server.output()).not.toContain(secret);
      }
    } finally {
      await server.stop();
      await proxy?.stop();
    }
  }, 60_000);

  test("killed between signing and receipt, it sends the same transaction when it is back", async () => {
    const proxy = startRpcProxy(anvil.url);
    const through = { ...settings, MONAD_RPC_URL: proxy.url };
    let server = await startServer(through);
    try {
      proxy.fault = (method) => (method === "eth_sendRawTransaction" ? "drop" : undefined);
      const ids = await rate(server);
      await eventually("it sent one", () => proxy.raw.length > 0, 20_000);
      await server.stop("SIGKILL");
      const sent = proxy.raw[0]!;
      expect(new Set(proxy.raw)).toEqual(new Set([sent]));
      proxy.raw.length = 0;
      proxy.fault = () => undefined;
      server = await startServer(through);
      await posted(server);
      expect(proxy.raw[0]).toBe(sent);
      expect(await timesSaid(ids)).toEqual([1, 1]);
    } finally {
      await server.stop();
      await proxy.stop();
    }
  }, 60_000);

  test("killed again and again while calls are doubled, lost and late, it posts each rating once", async () => {
    const proxy = startRpcProxy(anvil.url);
    const through = { ...settings, MONAD_RPC_URL: proxy.url };
    // One call in 17 is lost: a step makes about ten.
    let calls = 0;
    proxy.fault = () => {
      calls++;
      return calls % 17 === 0 ? "lose answer" : calls % 3 === 0 ? "duplicate" : calls % 5 === 0 ? 100 : undefined;
    };
    const ids: number[] = [];
    let server = await startServer(through);
    try {
      for (let life = 0; life < 4; life++) {
        ids.push(...(await rate(server)));
        const before = proxy.raw.length;
        await eventually("it sent another", () => proxy.raw.length > before, 20_000);
        await server.stop("SIGKILL");
        server = await startServer(through);
      }
      proxy.fault = () => undefined;
      await posted(server);
      expect(await timesSaid(ids)).toEqual(ids.map(() => 1));
    } finally {
      await server.stop();
      await proxy.stop();
    }
  }, 90_000);

  test("what will never be posted, and a wallet that runs low, are seen in metrics and logs", async () => {
    await anvil.test.setBalance({ address: wallet.address, value: 5n * 10n ** 17n });
    await anvil.write(wallet, anvil.registry, "setOwner", [BigInt(agents), wallet.address]);
    const server = await startServer(settings);
    try {
      await rate(server);
      await posted(server);
      expect(await counted(server, "dead")).toBe(1);
      await eventually("it is said", () => server.output().includes("Self-feedback not allowed"));
      expect(await figure(server, "arena_signer_balance")).toBeCloseTo(0.5, 1);
      await eventually("it is said", () => server.output().includes("runs low"));
    } finally {
      await server.stop();
    }
  }, 30_000);

  test("the key comes from a file, and check-config does not show it", async () => {
    const path = join(folder, "key");
    writeFileSync(path, `${wallet.privateKey.slice(2)}\n`);
    const { ARENA_PRIVATE_KEY: _, ...rest } = settings;
    const checked = Bun.spawnSync([process.execPath, ourProgram, "check-config"], {
      cwd: folder,
      env: { PATH: process.env["PATH"] ?? "", ...rest, ARENA_PRIVATE_KEY_FILE: path },
    });
    const output = checked.stdout.toString() + checked.stderr.toString();
    expect(output).toMatch(/ARENA_PRIVATE_KEY +\(secret\)/);
    expect(output).not.toContain(wallet.privateKey.slice(2));
    expect(output).not.toContain(anvil.url);
    const server = await startServer({ ...rest, ARENA_PRIVATE_KEY_FILE: path });
    try {
      const ids = await rate(server);
      await posted(server);
      expect(await timesSaid(ids)).toEqual([1, 1]);
    } finally {
      await server.stop();
    }
  }, 30_000);
});
