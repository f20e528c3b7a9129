import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { commands } from "../../src/app/commands/all.ts";
import { rendezvous } from "../support/cli.ts";
import { ourProgram } from "../support/our-program.ts";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "rendezvous-shell-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Runs a text in a shell that has nothing of this machine's user. */
async function shell(name: string, flags: readonly string[], text: string): Promise<readonly string[]> {
  const child = Bun.spawn([name, ...flags, "-c", text], {
    cwd: folder,
    env: { PATH: process.env["PATH"] ?? "", HOME: folder, TERM: "dumb", BUN: process.execPath, MAIN: ourProgram },
    stdin: "ignore",
    stdout: "pipe",
    stderr: "pipe",
  });
  const [out, err] = await Promise.all([new Response(child.stdout).text(), new Response(child.stderr).text()]);
  expect([err, await child.exited]).toEqual(["", 0]);
  return out.split("\n").filter((line) => line !== "");
}

describe("help", () => {
  test("of each command has its call, examples and exit codes, and the list of all has each command", async () => {
    const all = (await rendezvous(["help"])).stdout;
    const told = await Promise.all(commands.map(({ name }) => rendezvous(["help", name])));
    for (const [at, { name, examples }] of commands.entries()) {
      const { code, stdout, stderr } = told[at]!;
      expect([name, code, stderr]).toEqual([name, 0, ""]);
      for (const part of [`Usage: rendezvous ${name}`, `rendezvous ${examples[0]}`, "Exit codes", "  0  done"]) {
        expect(stdout).toContain(part);
      }
      expect(all).toMatch(new RegExp(`^  ${name}\\b`, "m"));
    }
  });

  test("to a reader that goes away ends without a word", async () => {
    expect(await shell("bash", [], `"$BUN" "$MAIN" help | head -1`)).toEqual([expect.stringMatching(/^Rendezvous /)]);
  });
});

describe("problems", () => {
  test("go to standard error, in colours where they are wanted, or as JSON to standard output", async () => {
    const [plain, painted, json] = await Promise.all([
      rendezvous(["chekc-config"]),
      rendezvous(["chekc-config"], { FORCE_COLOR: "1" }),
      rendezvous(["check-config", "--json"], { PORT: "high" }),
    ]);
    const words = "Unknown command 'chekc-config'; did you mean check-config?";
    expect(plain).toEqual({ code: 2, stdout: "", stderr: `rendezvous: ${words}\n` });
    expect(painted.stderr).toBe(`\u001B[31mrendezvous:\u001B[39m ${words}\n`);
    expect([json.code, json.stderr]).toEqual([2, ""]);
    expect(JSON.parse(json.stdout)).toEqual({ ok: false, problems: [expect.stringContaining("PORT must be")] });
  });

  test("of the program itself are told apart by their codes", async () => {
    expect((await rendezvous(["version"])).code).toBe(0);
    expect((await rendezvous(["export"], { DATA_DIR: join(folder, "none") })).code).toBe(1);
    expect((await rendezvous(["migrate", "extra"])).code).toBe(2);
  });
});

describe("completion", () => {
  /** What each shell offers behind these words, the last of which is being typed. */
  type Offers = (...words: readonly string[]) => Promise<readonly string[]>;
  const quoted = (words: readonly string[]): string => words.map((word) => `'${word}'`).join(" ");
  const shells: Readonly<Record<string, Offers>> = {
    bash: (...words) =>
      shell(
        "bash",
        ["--norc"],
        `source completion.bash; COMP_WORDS=(rendezvous ${quoted(words)}); COMP_CWORD=${words.length}
         _rendezvous; printf '%s\\n' "\${COMPREPLY[@]}"`,
      ),
    // What would be shown on a terminal is printed instead, one offer a line.
    zsh: (...words) =>
      shell(
        "zsh",
        ["-f"],
        `compdef() { [[ $1 == _rendezvous ]] }
         _describe() { print -l \${\${(P)2}%%:*} }
         _arguments() {
           local spec typed=$words[CURRENT] before=$words[CURRENT-1]
           for spec in $@; do
             if [[ $spec == "*$before"'['* && $spec == *:\\(*\\) ]]; then print -l \${=\${\${spec##*:\\(}%\\)}}; return; fi
             if [[ $spec == 2:* && $typed != -* && $spec == *\\) ]]; then print -l \${=\${\${spec##*:\\(}%\\)}}; fi
             if [[ $typed == -* && $spec == \\*--* ]]; then print -r -- \${\${spec#\\*}%%\\[*}; fi
           done | grep -e "^$typed"
         }
         source completion.zsh; words=(rendezvous ${quoted(words)}); CURRENT=${words.length + 1}
         _rendezvous | grep -e "^$words[CURRENT]"`,
      ),
    fish: async (...words) => {
      const line = ["rendezvous", ...words].join(" ");
      const offered = await shell("fish", ["--no-config"], `source completion.fish; complete -C '${line}'`);
      return offered.map((one) => one.split("\t")[0]!);
    },
  };
  beforeAll(async () => {
    for (const name of Object.keys(shells)) {
      const { stdout } = await rendezvous(["completion", name]);
      writeFileSync(join(folder, `completion.${name}`), stdout);
    }
  });

  for (const [name, offers] of Object.entries(shells)) {
    test(`in ${name} knows commands, flags and what may follow`, async () => {
      expect(await offers("che")).toEqual(["check-config"]);
      expect((await offers("re")).toSorted()).toEqual(["reset-code"]);
      expect(await offers("token", "--sc")).toEqual(["--scope"]);
      expect((await offers("serve", "--host-l")).toSorted()).toEqual(["--host-lease-seconds"]);
      expect(await offers("completion", "fi")).toEqual(["fish"]);
      expect(await offers("help", "migr")).toEqual(["migrate"]);
      expect(await offers("migrate", "--stat")).toEqual(["--status"]);
    });
  }

  test("of a shell that there is none for names those that there are", async () => {
    const { code, stderr } = await rendezvous(["completion", "powershell"]);
    expect([code, stderr]).toEqual([2, expect.stringContaining("bash, zsh, fish")]);
  });
});
