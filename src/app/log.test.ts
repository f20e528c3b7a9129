import { expect, test } from "bun:test";
import { withoutSecrets } from "./log.ts";

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

test("errors stay errors, and what goes round in circles ends", () => {
  const error = new Error("x");
  const round: Record<string, unknown> = { error };
  round["round"] = round;
  expect(withoutSecrets({ error })).toEqual({ error });
  expect(JSON.stringify(withoutSecrets(round))).toContain("[too deep]");
});
