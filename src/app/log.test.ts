import { expect, test } from "bun:test";
import { createLogger, withoutSecrets } from "./log.ts";

test("secrets are blanked wherever they hang, and nothing else is", () => {
  const fields = {
    room: "r",
    sdp: "v=0",
    a: { b: { token: "t", resumeToken: "t", list: [{ credential: "c", urls: "turn:x" }] } },
  };
  expect(withoutSecrets(fields)).toEqual({
    room: "r",
    sdp: "[secret]",
    a: { b: { token: "[secret]", resumeToken: "[secret]", list: [{ credential: "[secret]", urls: "turn:x" }] } },
  });
  expect(fields.sdp).toBe("v=0");
});

test("what goes round in circles ends", () => {
  const error: Error & { round?: unknown } = new Error("x");
  const round: Record<string, unknown> = { error };
  round["round"] = round;
  error.round = round;
  expect(JSON.stringify(withoutSecrets(round))).toContain("[too deep]");
});

test("an error is told with its kind, its causes and where it was, and without what a command carried", () => {
  const refused = Object.assign(new TypeError("refused"), {
    code: "EREFUSED",
    command: { name: "publish", args: ["channel", "v=0 secret"] },
    lastNodeError: Object.assign(new Error("moved"), { command: { name: "set", args: ["secret"] } }),
  });
  const group = new AggregateError([refused], "all failed", { cause: refused });
  const told = withoutSecrets({ err: refused, group }) as Record<string, Record<string, unknown>>;
  expect(told["err"]).toMatchObject({
    type: "TypeError",
    message: "refused",
    code: "EREFUSED",
    command: "[secret]",
    lastNodeError: { message: "moved", command: "[secret]" },
    stack: expect.stringContaining("log.test.ts"),
  });
  expect(told["group"]!["message"]).toBe("all failed: refused");
  expect(JSON.stringify(told)).not.toContain("v=0");
  expect(JSON.stringify(told)).not.toContain('secret"]');
});

test("what redis repeats of a command that it does not know is left out", () => {
  const error = new Error("ERR unknown command 'SPUBLISH', with args beginning with: 'channel' 'v=0 secret' ");
  const told = JSON.stringify(withoutSecrets({ error, all: new AggregateError([error]) }));
  expect(told).toContain("unknown command 'SPUBLISH'");
  expect(told).not.toContain("v=0");
});

test("the log writes an error as it is told, once", () => {
  const lines: string[] = [];
  const log = createLogger("info", "n", { to: { write: (line) => void lines.push(line) } });
  log.error({ err: Object.assign(new TypeError("x"), { command: { args: ["v=0"] } }) }, "failed");
  log.error(new RangeError("alone"));
  const [first, second] = lines.map((line) => JSON.parse(line) as Record<string, unknown>);
  expect(first).toMatchObject({ msg: "failed", err: { type: "TypeError", message: "x", command: "[secret]" } });
  expect(second).toMatchObject({ msg: "alone", err: { type: "RangeError", message: "alone" } });
});

test("a secret that the settings hold is blanked wherever it turns up, also in words of others", () => {
  const lines: string[] = [];
  const log = createLogger("info", "n", { hidden: ['my "secret"'], to: { write: (line) => void lines.push(line) } });
  log.error({ err: new Error('cannot log in with my "secret"'), url: 'x/my "secret"/y' }, 'my "secret" is wrong');
  const told = JSON.parse(lines[0]!) as Record<string, unknown>;
  expect(told).toMatchObject({ msg: "[secret] is wrong", url: "x/[secret]/y" });
  expect(lines[0]).not.toContain("my ");
});

test("the row that a store refuses is left out of its error", () => {
  const refused = Object.assign(new Error("duplicate key"), {
    detail: "Key (digest)=(abc) already exists.",
    code: "23505",
  });
  expect(withoutSecrets({ err: refused })).toMatchObject({ err: { detail: "[secret]", code: "23505" } });
});
