import { afterAll, describe, expect, test } from "bun:test";
import type { AsyncApiDocument } from "../../../src/transport/asyncapi/types.ts";
import type { OpenApiDocument } from "../../../src/transport/openapi/types.ts";
import { messageChecker, messagesOf } from "../../support/asyncapi.ts";
import { call } from "../../support/http.ts";
import { startServer } from "../../support/server.ts";

// What the fuzzing found: answers and messages that the server's own documents did not know.

const server = await startServer();

afterAll(async () => {
  expect(await server.stop()).toBe(0);
});

test("a watcher of the queue that comes back with the last event gets what is declared", async () => {
  const { body } = await call("GET", `${server.url}/openapi.json`);
  const { body: joined } = await call("POST", `${server.url}/queue/join`, { connect_code: "CODE#1" });
  const url = `${server.url}/queue/${joined.queue_id}/events`;
  const { status } = await call("GET", url, undefined, { "last-event-id": "matched" });
  expect(status).toBe(204);
  const { responses } = (body as OpenApiDocument).paths["/queue/{queue_id}/events"]!.get!;
  expect(Object.keys(responses)).toContain("204");
});

describe("/asyncapi.json describes", () => {
  const describes = async (channel: string, name: string, value: object): Promise<string | null> => {
    const document = (await call("GET", `${server.url}/asyncapi.json`)).body as AsyncApiDocument;
    const { message } = messagesOf(document, channel, "send").find((one) => one.message.name === name)!;
    return messageChecker(document)(message, value);
  };

  test("a match whose players say nothing of themselves", async () => {
    const players = [{ port: 1, characterId: null, connectCode: null, displayName: null }];
    const start = { type: "match_start", matchId: "m", stageId: 1, players };
    expect(await describes("watchMatch", "match_start", start)).toBeNull();
  });

  test("a forwarded message that left fields out", async () => {
    const message = { from_email: "a@example.org", event: "sdp_answer", to_email: "b@example.org", to_device: "d" };
    expect(await describes("devices", "sdp_answer", message)).toBeNull();
  });
});
