import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { chmodSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { runtimeSettings } from "../../scripts/setup/runtime.mjs";
import { settings } from "../../src/app/config/settings.ts";
import { copyPackage, root, type PackageCopy } from "../tooling/package-copy.ts";

const unit = readFileSync(join(root, "deploy/systemd/rendezvous.service"), "utf8");
const valueOf = (name: string): string => new RegExp(`^${name}=(.*)$`, "m").exec(unit)?.[1] ?? "";

describe("the systemd unit", () => {
  let copy: PackageCopy;
  let file: string;
  const analyze = (...args: string[]) =>
    Bun.spawnSync(["systemd-analyze", ...args], { env: { ...process.env, PAGER: "" } });
  beforeAll(() => {
    copy = copyPackage([]);
    const program = join(copy.path, "rendezvous");
    copy.write("rendezvous", "#!/bin/sh\n");
    chmodSync(program, 0o755);
    file = join(copy.path, "rendezvous.service");
    copy.write("rendezvous.service", unit.replace("/usr/local/bin/rendezvous", program));
  });
  afterAll(() => copy.remove());

  test("has nothing that systemd does not know", () => {
    const { exitCode, stderr } = analyze("verify", "--recursive-errors=no", file);
    expect({ exitCode, said: stderr.toString() }).toEqual({ exitCode: 0, said: "" });
  });

  test("leaves the program little to do harm with", () => {
    // systemd's own measure, in tenths: 0 is safe, 100 is not.
    expect(analyze("security", "--offline=true", "--threshold=20", file).exitCode).toBe(0);
  });

  test("gives the program more time to end than it takes, and does not try settings again that are wrong", () => {
    expect(Number(valueOf("TimeoutStopSec"))).toBeGreaterThan(Number(settings.DRAIN_SECONDS.default) + 5);
    expect(valueOf("RestartPreventExitStatus")).toBe("2");
  });

  test("has the runtime do as the launcher does", () => {
    const set = Object.entries(runtimeSettings).map(([name, value]) => `${name}=${value}`);
    expect(unit).toContain(`\nEnvironment=${set.join(" ")}\n`);
  });

  test("keeps records where the service may write", () => {
    expect(valueOf("Environment")).toBe(`DATA_DIR=/var/lib/${valueOf("StateDirectory")}`);
  });
});
