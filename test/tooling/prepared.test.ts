import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  utimesSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { prepare } from "../../scripts/setup/prepare.mjs";
import { findPrepared, preparationFile, preparedFolder } from "../../scripts/setup/prepared.mjs";
import { copyPackage, root, type PackageCopy } from "./package-copy.ts";

/** Says which of the two is run. */
const program = (words: string): string => `
import { words } from "./words.ts";
console.log(Bun.main.endsWith("/src/main.ts") ? "sources" : "prepared", words, ${JSON.stringify(words)});
`;
const words = (text: string): string => `export const words = ${JSON.stringify(text)};\n`;

describe("a start", () => {
  let copy: PackageCopy;
  beforeEach(() => {
    copy = copyPackage(["bin", "scripts", "package.json", "package-lock.json"], { modules: false });
    mkdirSync(join(copy.path, "node_modules/bun/bin"), { recursive: true });
    symlinkSync(process.execPath, join(copy.path, "node_modules/bun/bin/bun.exe"));
    cpSync(join(root, "package-lock.json"), join(copy.path, "node_modules/.package-lock.json"));
    copy.write("src/words.ts", words("one"));
    copy.write("src/main.ts", program("main"));
  });
  afterEach(() => copy.remove());

  const launch = async (): Promise<string> => {
    const child = Bun.spawn(["node", join(copy.path, "bin/rendezvous.mjs")], {
      cwd: copy.path,
      stdin: "ignore",
      stdout: "pipe",
      stderr: "inherit",
    });
    const [out] = await Promise.all([new Response(child.stdout).text(), child.exited]);
    return out.trim();
  };
  /** What lies where programs are prepared, the record left out. */
  const programs = (): string[] => readdirSync(preparedFolder(copy.path)).filter((name) => !name.endsWith(".json"));

  test("runs the prepared program, which the first one makes", async () => {
    expect(await launch()).toBe("prepared one main");
    const [made] = programs();
    expect(await launch()).toBe("prepared one main");
    expect(programs()).toEqual([made!]);
  });

  test("is the same to the program, however it is run", async () => {
    copy.write(
      "src/main.ts",
      `const isStrict = (function (this: unknown) { return this === undefined; })();
       class Named extends Error {}
       console.log(isStrict, process.env.NODE_ENV, process.argv.slice(2), import.meta.dir, new Named().constructor.name);`,
    );
    copy.write("node_modules/.cache", "not a folder");
    const fromSources = await launch();
    rmSync(join(copy.path, "node_modules/.cache"));
    const prepared = await launch();
    expect(findPrepared(copy.path)).not.toBeNull();
    expect(prepared).toBe(fromSources);
  });

  /** What npm runs when it has installed; its exit code. */
  const afterInstall = (): Promise<number> =>
    Bun.spawn(["npm", "run", "prepare"], { cwd: copy.path, stdin: "ignore", stdout: "ignore", stderr: "ignore" })
      .exited;

  test("runs what was prepared after an install", async () => {
    expect(await afterInstall()).toBe(0);
    expect(findPrepared(copy.path)).not.toBeNull();
    expect(await launch()).toBe("prepared one main");
  });

  test("after an install of package.json alone, with no program to prepare, has nothing to complain about", async () => {
    rmSync(join(copy.path, "scripts"), { recursive: true });
    expect(await afterInstall()).toBe(0);
  });

  test("runs a source that was edited since, even with the old size and time", async () => {
    await launch();
    const path = join(copy.path, "src/words.ts");
    const { atime, mtime } = statSync(path);
    copy.write("src/words.ts", words("two"));
    utimesSync(path, atime, mtime);
    expect(await launch()).toBe("sources two main");
  });

  test.each(["package.json", "package-lock.json", "node_modules/.package-lock.json", "scripts/build/prepared.ts"])(
    "runs the sources once %s is another",
    async (file) => {
      await launch();
      const text = await Bun.file(join(copy.path, file)).text();
      copy.write(file, `${text}\n`);
      expect(await launch()).toBe("sources one main");
    },
  );

  test("runs the sources with another Bun than it was prepared by", async () => {
    await launch();
    const bun = join(copy.path, "node_modules/bun/bin/bun.exe");
    rmSync(bun);
    cpSync(process.execPath, bun);
    utimesSync(bun, 0, 0);
    expect(await launch()).toBe("sources one main");
  });

  test("elsewhere than it was prepared for runs its own sources", async () => {
    await launch();
    const other = copyPackage(["bin", "scripts", "package.json", "package-lock.json"], { modules: false });
    try {
      cpSync(join(copy.path, "node_modules"), join(other.path, "node_modules"), { recursive: true });
      cpSync(join(copy.path, "src"), join(other.path, "src"), { recursive: true, preserveTimestamps: true });
      expect(findPrepared(other.path)).toBeNull();
    } finally {
      other.remove();
    }
  });

  test("runs the sources where it was prepared by half", async () => {
    await launch();
    const record = await Bun.file(preparationFile(copy.path)).text();
    let [made] = programs();
    for (const half of ["", record.slice(0, record.length / 2)]) {
      copy.write("node_modules/.cache/rendezvous/preparation.json", half);
      expect(await launch()).toBe("sources one main");
    }
    copy.write("node_modules/.cache/rendezvous/preparation.json", record);
    expect(await launch()).toBe("prepared one main");
    for (const file of ["main.js", "main.js.jsc"]) {
      const path = join(preparedFolder(copy.path), made!, file);
      truncateSync(path, 0);
      expect(await launch()).toBe("sources one main");
      rmSync(preparedFolder(copy.path), { recursive: true });
      expect(await launch()).toBe("prepared one main");
      [made] = programs();
    }
    rmSync(join(preparedFolder(copy.path), made!, "main.js"));
    expect(await launch()).toBe("sources one main");
  });

  test("beside others runs, and one of them prepares", async () => {
    const all = await Promise.all([launch(), launch(), launch(), launch()]);
    for (const said of all) expect(["prepared one main", "sources one main"]).toContain(said);
    expect(all).toContain("prepared one main");
    expect(programs()).toHaveLength(1);
    expect(await launch()).toBe("prepared one main");
  });

  test("runs the sources where nothing can be prepared", async () => {
    copy.write("node_modules/.cache", "not a folder");
    expect(await launch()).toBe("sources one main");
  });

  test("runs the sources, which say what is wrong, where they do not hold together", async () => {
    copy.write("src/main.ts", `import { other } from "./words.ts";\nconsole.log(other);`);
    expect(await launch()).toBe("");
    expect(findPrepared(copy.path)).toBeNull();
    // Nor does it try again each time.
    copy.write("src/main.ts", program("main"));
    expect(await launch()).toBe("sources one main");
  });

  test("runs what was prepared again, and only the one before is kept, which somebody may be starting", async () => {
    await launch();
    const made = programs();
    for (const text of ["two", "three"]) {
      copy.write("src/words.ts", words(text));
      await prepare(copy.path, { gently: true });
      made.push(...programs().filter((name) => !made.includes(name)));
      expect(await launch()).toBe(`prepared ${text} main`);
    }
    expect(programs().toSorted()).toEqual(made.slice(1));
  });

  test("loses nothing of what is edited while it is prepared", async () => {
    const prepared = prepare(copy.path);
    copy.write("src/words.ts", words("two"));
    await prepared;
    expect(await launch()).toEndWith("two main");
  });
});

test("all that the program is made of can be compiled beforehand", async () => {
  const folder = mkdtempSync(join(tmpdir(), "prepared-"));
  try {
    const build = Bun.spawn([process.execPath, join(root, "scripts/build/prepared.ts"), folder], {
      cwd: root,
      stdin: "ignore",
      stdout: "ignore",
      stderr: "inherit",
    });
    expect(await build.exited).toBe(0);
    // Where a module holds what is not possible in the format, Bun leaves the bytecode out without a word.
    expect(readdirSync(folder).toSorted()).toEqual(["inputs.json", "main.js", "main.js.jsc"]);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
