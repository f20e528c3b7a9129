import { expect, test } from "bun:test";
import { sharesOf } from "./parts.ts";
import { readStacks } from "./stacks.ts";

const code = { nameAt: (address: number) => (address >= 0x7000 && address < 0x8000 ? "handle" : null) };

const COMPILED = "7010 [unknown] (/tmp/perf-12.map)";
const RUNTIME = "1856208 [unknown] (/opt/bun)";
const START = "2724a __libc_start_call_main (/usr/lib/libc.so.6)";

const OWN = sample("bun", COMPILED, RUNTIME, START);
const CALLED = sample("bun", RUNTIME, COMPILED, RUNTIME, START);
const ITSELF = sample("bun", RUNTIME, START);
const SENT = sample(
  "bun",
  "9f tcp_sendmsg ([kernel.kallsyms])",
  "a1 __x64_sys_sendto ([kernel.kallsyms])",
  "b2 __send (/lib/c)",
);
const RECEIVED = sample("bun", "a1 __x64_sys_recvfrom ([kernel.kallsyms])", "b2 __libc_recv (/lib/c)");
const COMPILER = sample("JITWorker", RUNTIME);

test("a moment counts for whoever decides how long it takes", () => {
  const text = [OWN, CALLED, CALLED, ITSELF, SENT, SENT, SENT, RECEIVED, COMPILER, ITSELF].join("\n\n");
  expect(sharesOf(readStacks(text, code))).toEqual({
    "our own code": 0.1,
    "what our code calls of the runtime": 0.2,
    "the runtime by itself": 0.2,
    sending: 0.3,
    receiving: 0.1,
    "other threads": 0.1,
  });
});

test("memory without a file in which nothing was compiled is the runtime's", () => {
  const { "the runtime by itself": runtime } = sharesOf(
    readStacks(sample("bun", "6000 [unknown] (/tmp/perf-12.map)"), code),
  );
  expect(runtime).toBe(1);
});

test("without a sample nothing has a share", () => {
  expect(Object.values(sharesOf(readStacks("", code)))).toEqual([0, 0, 0, 0, 0, 0]);
});

function sample(thread: string, ...frames: readonly string[]): string {
  return [`${thread} `, ...frames.map((frame) => `\t${frame}`)].join("\n");
}
