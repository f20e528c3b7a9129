import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { copyPackage, root, type PackageCopy } from "../tooling/package-copy.ts";
import { readCompose } from "./compose.ts";
import { problemsOf, secondsOf, unknownSettings } from "./settings-check.ts";

const { services, secrets, networks } = readCompose();
const named = Object.entries(services);
const nodes = named.filter(([name]) => name.startsWith("node-"));

describe("compose.yaml", () => {
  test("has three nodes that are alike, their stores, a TURN server and a load balancer", () => {
    expect(Object.keys(services).toSorted()).toEqual(
      ["balancer", "coturn", "node-1", "node-2", "node-3", "postgres", "redis"].toSorted(),
    );
    for (const [, node] of nodes) expect(node).toEqual(services["node-1"]!);
  });

  test.each(named)("%s runs with no more rights than it needs, and starts again", (_, service) => {
    expect(service).toMatchObject({ restart: "unless-stopped", read_only: true, cap_drop: ["ALL"] });
    expect(service.security_opt).toContain("no-new-privileges:true");
  });

  test.each(named.filter(([name]) => name !== "balancer"))("%s says whether it is healthy", (_, { healthcheck }) => {
    expect(healthcheck!.test.length).toBeGreaterThan(1);
  });

  test.each(named)("%s has an image of a fixed version, or is built here", (_, { image = "", build }) => {
    if (build === undefined) expect(image).toMatch(/:\d+(\.\d+)*$/);
  });

  test("gives nodes more time to end than they take", () => {
    const { environment, stop_grace_period } = services["node-1"]!;
    expect(secondsOf(stop_grace_period!)).toBeGreaterThan(Number(environment!["DRAIN_SECONDS"]) + 5);
  });

  test("lets nobody but the nodes reach the stores", () => {
    expect(networks["back"]).toEqual({ internal: true });
    for (const store of ["redis", "postgres"]) {
      expect(services[store]!.networks).toEqual(["back"]);
      expect(services[store]).not.toHaveProperty("ports");
    }
    expect(JSON.stringify(services["balancer"]!.networks)).not.toContain("back");
  });

  test("keeps passwords out of environments and command lines", () => {
    for (const [name, { environment = {} }] of named) {
      for (const setting of Object.keys(environment)) {
        if (/secret|password|token|_url/i.test(setting)) expect(`${name} ${setting}`).toMatch(/_FILE$/);
      }
    }
  });

  test("mounts files that are there", () => {
    const mounted = named.flatMap(([, { volumes = [] }]) => volumes.map((volume) => volume.split(":")[0]!));
    const files = mounted.filter((path) => path.startsWith("."));
    expect(files.length).toBeGreaterThan(1);
    for (const file of files) expect(existsSync(join(root, file))).toBe(true);
  });
});

describe("prepare.sh", () => {
  let copy: PackageCopy;
  const run = (...args: string[]) => Bun.spawnSync(["sh", join(copy.path, "deploy/compose/prepare.sh"), ...args]);
  const read = (file: string): string => readFileSync(join(copy.path, file), "utf8");
  beforeAll(() => void (copy = copyPackage(["deploy"], { modules: false })));
  afterAll(() => copy.remove());

  test("asks for a name", () => {
    expect(run().exitCode).not.toBe(0);
  });

  test("makes every secret that compose.yaml names, in a folder closed to others", () => {
    expect(run("play.example.org").exitCode).toBe(0);
    for (const { file } of Object.values(secrets)) expect(read(file)).not.toBe("");
    expect(statSync(join(copy.path, "deploy/secrets")).mode & 0o077).toBe(0);
    expect(read("deploy/secrets/redis_url")).toContain(read("deploy/secrets/redis_password").trim());
    expect(read("deploy/secrets/database_url")).toContain(read("deploy/secrets/database_password").trim());
  });

  test("changes nothing that is there", () => {
    const before = readdirSync(join(copy.path, "deploy/secrets")).map((name) => read(`deploy/secrets/${name}`));
    expect(run("other.example.org")).toMatchObject({ exitCode: 0 });
    expect(readdirSync(join(copy.path, "deploy/secrets")).map((name) => read(`deploy/secrets/${name}`))).toEqual(
      before,
    );
  });

  test("makes settings that a node of compose.yaml takes", async () => {
    const lines = read("deploy/settings.env").split("\n");
    const own = lines.filter((line) => /^\w+=/.test(line)).map((line) => line.split(/=(.*)/, 2));
    const composed = Object.entries(services["node-1"]!.environment!).map(([name, value]) => [
      name,
      value.replace("/run/secrets", join(copy.path, "deploy/secrets")),
    ]);
    const env = Object.fromEntries([...own, ...composed]) as Record<string, string>;
    expect(unknownSettings(Object.keys(env))).toEqual([]);
    expect(await problemsOf(env)).toEqual([]);
  });
});
