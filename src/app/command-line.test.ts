import { describe, expect, test } from "bun:test";
import { flagsOf, parseCommandLine, settingFlags } from "./command-line.ts";
import { commands } from "./commands/all.ts";
import { UsageError } from "./commands/errors.ts";

const problem = (...argv: readonly string[]): string => {
  try {
    parseCommandLine(argv);
  } catch (error) {
    if (error instanceof UsageError) return error.message;
    throw error;
  }
  throw new Error(`nothing is wrong with ${argv.join(" ")}`);
};
const parsed = (...argv: readonly string[]) => {
  const { command, call } = parseCommandLine(argv);
  return { name: command.name, args: call.args, flags: call.flags, json: call.json, settings: call.sources.flags };
};

describe("a call", () => {
  test("without a command serves", () => {
    expect(parsed("--port", "9000")).toMatchObject({ name: "serve", settings: { PORT: "9000" } });
  });

  test("has its flags anywhere, with or without a sign of equality", () => {
    const wanted = { name: "token", flags: { sub: "a", "host-id": ["h", "-i"] }, json: true, settings: { PORT: "1" } };
    expect(parsed("--port=1", "token", "--sub", "a", "--host-id", "h", "--json", "--host-id=-i")).toMatchObject(wanted);
  });

  test("names the file of its settings", () => {
    expect(parseCommandLine(["check-config", "--config", "x.toml"]).call.sources.file).toBe("x.toml");
  });

  test("that asks for help tells of its command, whatever else stands there", () => {
    for (const argv of [
      ["token", "--help"],
      ["help", "token"],
      ["-h", "token", "too", "much", "--status"],
      ["help", "token", "--help"],
    ]) {
      expect(parsed(...argv)).toMatchObject({ name: "help", args: ["token"] });
    }
    expect(parsed("--help")).toMatchObject({ name: "help", args: [] });
    expect(parsed("--version")).toMatchObject({ name: "version" });
  });
});

describe("a slip", () => {
  test("of a command, a flag or an argument is recognised", () => {
    expect(problem("simluate")).toContain("did you mean simulate?");
    expect(problem("help", "migrat")).toContain("did you mean migrate?");
    expect(problem("serve", "--prot", "1")).toContain("did you mean --port?");
    expect(problem("simulate", "arean")).toContain("did you mean arena?");
  });

  test("that is none names what there is", () => {
    expect(problem("dance")).toMatch(/^Unknown command 'dance'; there are serve, /);
    expect(problem("serve", "--zzzzzzzzzz")).toBe("Unknown flag --zzzzzzzzzz. Try --help.");
  });

  test("of an owner says whose the flag is", () => {
    expect(problem("serve", "--sub", "a")).toContain("--sub belongs to the command token, not to serve");
    expect(problem("serve", "--email", "a")).toContain("belongs to the commands invite and forget, not to serve");
    expect(problem("version", "--port", "1")).toContain("--port is a setting, and version reads none");
  });

  test("of a value is not taken for the next flag", () => {
    expect(problem("--port", "--host", "x")).toContain("--port takes a value");
    expect(problem("--port")).toContain("--port takes a value");
    expect(problem("migrate", "--status=yes")).toContain("--status takes no value");
  });

  test("of arguments is told", () => {
    expect(problem("check-config", "x")).toContain("Unexpected 'x' behind check-config");
    expect(problem("reset-code")).toContain("reset-code needs ADDRESS");
  });
});

describe("the table of commands", () => {
  test("has each name once, and of each command a summary in one line and an example of itself", () => {
    const names = commands.map(({ name }) => name);
    expect(names).toEqual([...new Set(names)]);
    for (const { name, summary, examples } of commands) {
      expect(summary).toMatch(/^[a-z][^\n]*[^.\n]$/);
      expect(examples.length).toBeGreaterThan(0);
      for (const example of examples) expect(parseCommandLine(wordsOf(example)).command.name).toBe(name);
    }
  });

  test("has no flag that takes a value here and none there, or that is a setting as well", () => {
    const takes = new Map<string, boolean>();
    for (const one of commands) {
      for (const [flag, { value }] of Object.entries(flagsOf(one))) {
        expect([flag, takes.get(flag) ?? value !== undefined]).toEqual([flag, value !== undefined]);
        expect([flag, Object.hasOwn(settingFlags, flag)]).toEqual([flag, false]);
        takes.set(flag, value !== undefined);
      }
    }
  });
});

/** As a shell without quotes would, up to where the output goes. */
function wordsOf(call: string): readonly string[] {
  return call.replace(/ [|>].*/, "").split(" ");
}
