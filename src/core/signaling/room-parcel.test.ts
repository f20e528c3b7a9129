import { expect, test } from "bun:test";
import fc from "fast-check";
import { readParcel, writeParcel, type RoomEvent } from "./room-parcel.ts";

const text = fc.string({ unit: "binary" });
const conn = fc.nat();
const event: fc.Arbitrary<RoomEvent> = fc.oneof(
  fc.record({ type: fc.constant("send" as const), conn, farewell: fc.boolean(), payload: text, to: text }),
  fc.record({ type: fc.constant("signal" as const), conn, number: fc.nat(), payload: text }),
  fc.record({ type: fc.constant("enter" as const), conn, room: text, resume: text, received: fc.nat() }),
  fc.record({ type: fc.constant("connected" as const), conns: fc.array(conn) }),
);

test("what is read is what was written, whatever the peers' messages hold", () => {
  fc.assert(fc.property(fc.array(event), (events) => expect(readParcel(writeParcel(events))).toEqual(events)));
});

test("a message is carried as it is, without being escaped", () => {
  const payload = '{"type":"offer","sdp":"v=0\\r\\n"}';
  expect(writeParcel([{ type: "signal", conn: 1, number: 2, payload }])).toEndWith(`\n${payload}`);
});
