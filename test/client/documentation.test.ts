import { describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { clientExamples, examplesIn } from "../support/client-package.ts";

const sources = resolve(import.meta.dir, "../../client/src");
const entries = ["index.ts", "video-chat.ts"];
const examples = clientExamples();

interface Declared {
  readonly name: string;
  readonly file: string;
  /** `class`, `function`, `interface` or `type`. */
  readonly kind: string;
  /** The TSDoc before it; empty if there is none. */
  readonly comment: string;
  /** From its line to the end of the file. */
  readonly text: string;
}

/** What a module declares for others, with its comment. */
function declaredIn(file: string): readonly Declared[] {
  const text = readFileSync(join(sources, file), "utf8");
  const pattern =
    /(\/\*\*(?:(?!\*\/)[^])*\*\/\n)?export (?:abstract )?(?:async )?(class|function|interface|type) (\w+)/g;
  return [...text.matchAll(pattern)].map((found) => ({
    name: found[3]!,
    file,
    kind: found[2]!,
    comment: found[1] ?? "",
    text: text.slice(found.index + found[0].length),
  }));
}

/** Every public name of the package. */
const exported = entries.flatMap((entry) => {
  const text = readFileSync(join(sources, entry), "utf8");
  const again = [...text.matchAll(/export (?:type )?\{([^}]*)\} from "\.\/([\w-]+\.ts)"/g)];
  const named = again.flatMap(([, names, file]) =>
    names!
      .split(",")
      .map((name) => name.replace("type ", "").trim())
      .filter((name) => name !== "")
      .map(
        (name) =>
          declaredIn(file!).find((one) => one.name === name) ?? { name, file: file!, kind: "", comment: "", text: "" },
      ),
  );
  return [...named, ...declaredIn(entry)] as readonly Declared[];
});

/** The public methods of a class, each with whether it has a comment. */
function methodsOf({ text }: Declared): readonly { readonly name: string; readonly comment: string }[] {
  const body = text.slice(0, text.indexOf("\n}\n"));
  const pattern = /^( {2}\/\*\*(?:(?!\*\/)[^])*\*\/\n)? {2}(?:override |abstract |async )*(\w+)(?:<[^(]*>)?\(/gm;
  return [...body.matchAll(pattern)]
    .map(([, comment = "", name]) => ({ comment, name: name! }))
    .filter(({ name, comment }) => name !== "constructor" && !comment.includes("@internal"));
}

describe("the client's documentation", () => {
  test("says of every public name what it is", () => {
    expect(exported.length).toBeGreaterThan(40);
    expect(exported.filter(({ comment }) => comment === "").map(({ name }) => name)).toEqual([]);
  });

  test("shows every class and function in an example", () => {
    const values = exported.filter(({ kind }) => kind === "class" || kind === "function");
    const shown = ({ name, comment }: Declared) =>
      comment.includes("@example") || examples.some(({ code }) => new RegExp(`\\b${name}\\b`).test(code));
    const silent = values.filter((one) => !shown(one));
    // What others of them extend or hand out, and what `keep` makes: their methods are shown below.
    expect(silent.map(({ name }) => name)).toEqual(["Emitter", "Gathering", "PooledHost", "PeerLink"]);
  });

  test("says of every public method what it does, and calls it in an example", () => {
    const all = exported
      .filter(({ kind }) => kind === "class")
      .flatMap((one) => methodsOf(one).map((method) => ({ ...method, of: one.name })));
    expect(all.length).toBeGreaterThan(70);
    expect(all.filter(({ comment }) => comment === "").map(({ of, name }) => `${of}.${name}`)).toEqual([]);
    const called = ({ name }: { readonly name: string }) => examples.some(({ code }) => code.includes(`.${name}(`));
    expect(all.filter((one) => !called(one)).map(({ of, name }) => `${of}.${name}`)).toEqual([]);
  });

  test("finds an example where there is one, and a name without a comment", () => {
    const text = "/**\n * What.\n *\n * @example\n * const x = 1;\n *\n * f(x);\n */\nexport class X {}\n";
    expect(examplesIn("x", text).map(({ code }) => code)).toEqual(["const x = 1;\n\nf(x);\n"]);
  });
});
