import { describe, expect, test } from "bun:test";
import { eventually } from "../../../test/support/eventually.ts";
import type { MatchStreams } from "../../core/streams/match-streams.ts";
import { noMeter } from "../../transport/limits/meter.ts";
import type { LiveSocket } from "../../transport/websocket/socket.ts";
import { PublisherConnection } from "./publisher.ts";

function aPublisher(step: () => Promise<void>, send: (text: string) => boolean = () => true) {
  const sent: string[] = [];
  const closings: (readonly [number, string])[] = [];
  const failures: unknown[] = [];
  const streams = { frames: step, endGame: step } as unknown as MatchStreams;
  const connection = new PublisherConnection("m", streams, noMeter, (error) => failures.push(error));
  connection.open({
    send: (text: string) => (sent.push(text), send(text)),
    close: (code: number, reason: string) => void closings.push([code, reason]),
  } as LiveSocket);
  return { connection, sent, closings, failures };
}

const FRAME = JSON.stringify({ type: "frame", frame: 1, players: [] });

describe("a publisher's socket", () => {
  test("answers a number beyond its bounds, and goes on", async () => {
    let taken = 0;
    const { connection, sent, closings, failures } = aPublisher(async () => void taken++);
    connection.text('{"type":"game_end","game_number":0}');
    connection.text(FRAME);
    await eventually("the frame is taken", () => taken === 1);
    expect(sent.map((text) => JSON.parse(text).detail[0].ctx)).toEqual([{ ge: 1 }]);
    expect([taken, closings, failures]).toEqual([1, [], []]);
  });

  test("is closed rather than silent if not even the error can be said", async () => {
    const { connection, closings, failures } = aPublisher(
      async () => undefined,
      () => {
        throw new Error("no line");
      },
    );
    connection.text("{");
    await eventually("it is closed", () => closings.length > 0);
    expect([closings, failures.length]).toEqual([[[1011, "internal error"]], 1]);
  });

  test("is closed when more waits than fits, by count or by weight", async () => {
    for (const text of [FRAME, `${FRAME.slice(0, -1)},"filler":"${"x".repeat(100_000)}"}`]) {
      const { connection, closings } = aPublisher(() => new Promise(() => undefined));
      let sent = 0;
      while (closings.length === 0 && sent < 1_000) {
        connection.text(text);
        sent++;
      }
      expect(closings).toEqual([[1013, "sending too fast"]]);
      expect(sent * text.length).toBeLessThan(2.2 * 1024 * 1024);
    }
  });
});
