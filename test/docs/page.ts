import { readFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "../tooling/package-copy.ts";

/** What a reader of a page does, or sees, in the order of the page. `line` is where it stands. */
export type Step =
  | {
      readonly kind: "run";
      readonly line: number;
      readonly code: string;
      /** What it says once it is ready, where it does not end by itself. */
      readonly goesOn: string | null;
      /** What the page shows of its output. */
      readonly shown: string | null;
    }
  | { readonly kind: "file"; readonly line: number; readonly name: string; readonly text: string }
  /** What a program that goes on, one with `by` in its command, has said by now. */
  | { readonly kind: "said"; readonly line: number; readonly by: string; readonly shown: string }
  /** Ctrl-C in every terminal. */
  | { readonly kind: "stop"; readonly line: number }
  | { readonly kind: "exception"; readonly line: number; readonly reason: string };

export interface Page {
  /** Relative to the root of the repository. */
  readonly path: string;
  readonly steps: readonly Step[];
}

/** Languages of blocks that a reader would run. */
const RUN = new Set(["sh", "bash"]);
const PROGRAM = new Set(["js", "ts", "mjs", "javascript", "typescript"]);
/** Servers that go on, and what they say when they are ready. */
const SERVES = /\bnpm (?:start|run demo)\b|\brendezvous(?:\.mjs| --)? serve\b/;
const READY = "listening on";

export function readPage(path: string): Page {
  return parsePage(path, readFileSync(join(root, path), "utf8"));
}

/**
 * Takes a page apart. Comments of HTML before a block say what the block itself cannot:
 * `docs: not run: <reason>`, `docs: goes on: until it says "<text>"`, `docs: said by: <part of a command>`,
 * `docs: after Ctrl-C`.
 *
 * @throws {Error} if a block could be run and neither is nor says why
 */
export function parsePage(path: string, text: string): Page {
  const steps: Step[] = [];
  const blocks =
    /(?:<!-- docs: (?<note>[^>]+?) -->\s*)?^(?<indent> *)```(?<language>\w*)[^\n]*\n(?<body>.*?)^ *```$/gms;
  let lastEnd = -1;
  for (const match of text.matchAll(blocks)) {
    const { note, indent = "", language = "", body = "" } = match.groups!;
    const line = text.slice(0, match.index).split("\n").length;
    const code = body.replace(new RegExp(`^${indent}`, "gm"), "").trimEnd();
    const follows = lastEnd >= 0 && text.slice(lastEnd, match.index).trim() === "";
    lastEnd = match.index + match[0].length;
    const reason = /^not run: (.+)$/s.exec(note ?? "")?.[1];
    const speaker = /^said by: (.+)$/.exec(note ?? "")?.[1];
    if (note === "after Ctrl-C") steps.push({ kind: "stop", line });
    if (reason !== undefined) steps.push({ kind: "exception", line, reason });
    else if (RUN.has(language)) steps.push(...stepsOf(code, line, note));
    else if (PROGRAM.has(language)) steps.push(fileOf(path, code, line));
    else if (speaker !== undefined) steps.push({ kind: "said", line, by: speaker, shown: code });
    else if (language === "text" && follows) show(steps, code);
  }
  return { path, steps };
}

function stepsOf(code: string, line: number, note = ""): Step[] {
  const commands = code.replaceAll(/\s*\\\n\s*/g, " ").split("\n");
  const waitsFor = /^goes on: until it says "(.+)"$/.exec(note)?.[1];
  const last = commands.findLast((one) => one.trim() !== "" && !one.trim().startsWith("#")) ?? "";
  const goesOn = waitsFor ?? (SERVES.test(last.replace(/\s#.*$/, "")) ? READY : null);
  if (goesOn === null) return [{ kind: "run", line, code, goesOn, shown: null }];
  const before = commands.slice(0, commands.lastIndexOf(last)).join("\n");
  const first: Step[] = before.trim() === "" ? [] : [{ kind: "run", line, code: before, goesOn: null, shown: null }];
  return [...first, { kind: "run", line, code: last, goesOn, shown: null }];
}

/** A program says in its first line which file it is. */
function fileOf(path: string, text: string, line: number): Step {
  const name = /^\/\/ ([\w./-]+\.\w+)\b/.exec(text)?.[1];
  if (name === undefined) throw new Error(`${path}:${line}: a program whose first line does not name its file`);
  return { kind: "file", line, name, text: `${text}\n` };
}

function show(steps: Step[], shown: string): void {
  const last = steps.at(-1);
  if (last?.kind === "run") steps[steps.length - 1] = { ...last, shown };
}
