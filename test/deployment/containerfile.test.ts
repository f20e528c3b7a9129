import { describe, expect, test } from "bun:test";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { runtimeSettings } from "../../scripts/setup/runtime.mjs";
import { commands } from "../../src/app/commands/all.ts";
import { root } from "../tooling/package-copy.ts";
import { unknownSettings } from "./settings-check.ts";

const text = readFileSync(join(root, "Containerfile"), "utf8")
  .replaceAll(/^\s*#.*\n/gm, "")
  .replaceAll("\\\n", " ");
const steps = text
  .split("\n")
  .filter((line) => line.trim() !== "")
  .map((line) => line.split(/\s+(.*)/, 2) as [name: string, rest: string]);
const last = steps.slice(steps.findLastIndex(([name]) => name === "FROM"));
const of = (name: string, some = last): string[] => some.filter((step) => step[0] === name).map(([, rest]) => rest);

describe("Containerfile", () => {
  test("copies from here what is there, and adds nothing from elsewhere", () => {
    const copied = of("COPY", steps).filter((rest) => !rest.startsWith("--from"));
    for (const path of copied.flatMap((rest) => rest.split(/\s+/).slice(0, -1))) {
      expect(existsSync(join(root, path))).toBe(true);
    }
    expect(of("ADD", steps)).toEqual([]);
  });

  test("lets in what it copies, and no secret", () => {
    const lines = readFileSync(join(root, ".containerignore"), "utf8").split("\n");
    const allowed = lines.filter((line) => line.startsWith("!")).map((line) => line.slice(1));
    const copied = of("COPY", steps).filter((rest) => !rest.startsWith("--from"));
    expect(copied.flatMap((rest) => rest.split(/\s+/).slice(0, -1)).toSorted()).toEqual(allowed.toSorted());
    expect(lines).toContain("*");
    expect(allowed).not.toContain("deploy");
  });

  test("names each image it builds on by a version", () => {
    for (const from of of("FROM", steps)) expect(from).toMatch(/[\w.-]+\/[\w./-]+(:\w+-\w+|debian\d+:nonroot)/);
  });

  test("runs the executable, as a user that is not root", () => {
    expect(Number(of("USER").at(-1)!.split(":")[0])).toBeGreaterThan(0);
    const [entry] = JSON.parse(of("ENTRYPOINT")[0]!) as string[];
    const [from, to] = of("COPY")[0]!.split(/\s+/).slice(-2);
    expect(to).toBe(entry);
    expect(of("RUN", steps).join("\n")).toContain(`--out ${from}`);
    expect(of("RUN")).toEqual([]);
    expect(JSON.parse(of("CMD")[0]!)).toEqual(["serve"]);
  });

  test("asks the executable itself whether it is healthy", () => {
    const [, command] = /CMD (\[.*\])$/.exec(of("HEALTHCHECK")[0]!)!;
    const [program, argument] = JSON.parse(command!) as string[];
    expect([program]).toEqual(JSON.parse(of("ENTRYPOINT")[0]!));
    expect(commands.map(({ name }) => name)).toContain(argument!);
  });

  test("sets settings that there are, the runtime's as the launcher does, and keeps records on a volume", () => {
    const env = Object.fromEntries(of("ENV").flatMap((rest) => rest.split(/\s+/).map((pair) => pair.split("="))));
    expect(env).toMatchObject(runtimeSettings);
    expect(unknownSettings(Object.keys(env).filter((name) => !(name in runtimeSettings)))).toEqual([]);
    expect(of("VOLUME")).toEqual([env["DATA_DIR"]]);
    expect(of("EXPOSE")).toEqual([env["PORT"]]);
  });
});
