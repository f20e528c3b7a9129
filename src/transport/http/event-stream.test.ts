import { describe, expect, test } from "bun:test";
import { openEventStream } from "./event-stream.ts";

/** A stream, and how often it has told its end. */
function opened() {
  const told = { ends: 0 };
  return { told, stream: openEventStream(() => void told.ends++) };
}

describe("a stream of events", () => {
  test("carries events, lines that nobody sees, and a proper end", async () => {
    const { told, stream } = opened();
    expect(stream.send({ event: "matched", id: "7", data: "one\ntwo" })).toBe(true);
    expect(stream.keepAlive()).toBe(true);
    stream.end();
    stream.end();
    expect(await stream.response.text()).toBe("event: matched\nid: 7\ndata: one\ndata: two\n\n:\n\n");
    expect(stream.response.headers.get("content-type")).toBe("text/event-stream");
    expect([told.ends, stream.keepAlive()]).toEqual([1, false]);
  });

  test("ends when its reader hangs up", async () => {
    const { told, stream } = opened();
    await stream.response.body!.cancel();
    expect([told.ends, stream.send({ event: "a", id: "1", data: "" })]).toEqual([1, false]);
  });

  test("does not pile up what nobody reads", () => {
    const { told, stream } = opened();
    let taken = 0;
    while (stream.keepAlive()) taken++;
    expect(taken).toBe(64);
    expect(told.ends).toBe(1);
  });
});
