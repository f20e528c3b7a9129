import { expect, test } from "bun:test";
import { parsePage } from "./page.ts";

const steps = (text: string) => parsePage("a.md", text).steps;

test("a block of commands is run, with the text behind it as its output", () => {
  expect(steps("Do:\n```sh\ntrue\n```\n```text\nso\n```\n\nlater\n\n```text\nelsewhere\n```\n")).toEqual([
    { kind: "run", line: 2, code: "true", goesOn: null, shown: "so" },
  ]);
});

test("a server goes on, and what stands before it is done first", () => {
  expect(steps("```sh\ncd x\nA=1 \\\n  npm start   # serves\n```\n")).toEqual([
    { kind: "run", line: 1, code: "cd x", goesOn: null, shown: null },
    { kind: "run", line: 1, code: "A=1 npm start   # serves", goesOn: "listening on", shown: null },
  ]);
});

test("a program is written to the file that it names, and may not be nameless", () => {
  expect(steps("```js\n// a.mjs: an example\nf();\n```\n")).toEqual([
    { kind: "file", line: 1, name: "a.mjs", text: "// a.mjs: an example\nf();\n" },
  ]);
  expect(() => steps("```js\nf();\n```\n")).toThrow("does not name its file");
});

test("a comment says what is not run, what goes on, and who says what", () => {
  const text = `<!-- docs: not run: needs a cluster -->
\`\`\`sh
kubectl
\`\`\`
<!-- docs: goes on: until it says "up" -->
\`\`\`sh
node a.mjs
\`\`\`
<!-- docs: said by: a.mjs -->
\`\`\`text
hello
\`\`\`
<!-- docs: after Ctrl-C -->
\`\`\`sh
true
\`\`\`
`;
  expect(steps(text)).toEqual([
    { kind: "exception", line: 1, reason: "needs a cluster" },
    { kind: "run", line: 5, code: "node a.mjs", goesOn: "up", shown: null },
    { kind: "said", line: 9, by: "a.mjs", shown: "hello" },
    { kind: "stop", line: 13 },
    { kind: "run", line: 13, code: "true", goesOn: null, shown: null },
  ]);
});
