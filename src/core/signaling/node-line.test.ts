import { expect, test } from "bun:test";
import { createVirtualClock } from "../../../test/support/virtual-clock.ts";
import { NodeLine, type Flow } from "./node-line.ts";
import { readParcel, type RoomEvent } from "./room-parcel.ts";

/** A line whose parcels are answered by hand. */
function setUp() {
  const clock = createVirtualClock();
  const parcels: string[] = [];
  const answers: { readonly ack: () => void; readonly fail: () => void }[] = [];
  let broken = 0;
  const line = new NodeLine({
    clock,
    ask(body) {
      parcels.push(readParcel(body).map(inShort).join());
      return new Promise<void>((ack, fail) => answers.push({ ack, fail: () => fail(new Error("no answer")) }));
    },
    broken: () => broken++,
  });
  return {
    clock,
    line,
    parcels,
    broken: () => broken,
    post: (payload: string, flow?: Flow) => line.post({ type: "signal", conn: 1, number: 1, payload }, flow),
    end: (conn: number) => line.post({ type: "end", conn, why: "moved" }),
    async answer(how: "ack" | "fail") {
      answers.shift()![how]();
      await clock.advance(0);
    },
  };
}

function inShort(event: RoomEvent): string {
  if (event.type === "end") return `end ${event.conn}`;
  return "payload" in event ? event.payload : event.type;
}

test("what is posted together goes together, and the next parcel when the last has arrived", async () => {
  const { clock, parcels, post, answer } = setUp();
  post("a");
  post("b");
  await clock.advance(0);
  post("c");
  post("d");
  await clock.advance(60_000);
  expect(parcels).toEqual(["a,b"]);
  await answer("ack");
  expect(parcels).toEqual(["a,b", "c,d"]);
  await answer("ack");
  post("e");
  await clock.advance(0);
  expect(parcels).toEqual(["a,b", "c,d", "e"]);
});

test("a great deal is cut into several parcels, in order", async () => {
  const { clock, parcels, post, answer } = setUp();
  for (let n = 0; n < 1_200; n++) post(`${n}`);
  await clock.advance(0);
  while (parcels.join().split(",").length < 1_200) await answer("ack");
  expect(parcels.join()).toBe(Array.from({ length: 1_200 }, (_, n) => n).join());
  expect(parcels.length).toBe(3);
});

test("a parcel that does not arrive takes everything behind it along, but the endings", async () => {
  const { clock, parcels, post, end, answer, broken } = setUp();
  post("a");
  end(1);
  await clock.advance(0);
  post("b");
  end(2);
  await answer("fail");
  expect(broken()).toBe(1);
  await clock.advance(999);
  expect(parcels).toEqual(["a,end 1"]);
  await clock.advance(1);
  expect(parcels).toEqual(["a,end 1", "end 1,end 2"]);
});

test("endings go along with what is posted next, and until they have arrived", async () => {
  const { clock, parcels, post, end, answer } = setUp();
  end(1);
  await clock.advance(0);
  await answer("fail");
  post("a");
  await clock.advance(0);
  expect(parcels).toEqual(["end 1", "end 1,a"]);
  await answer("fail");
  await clock.advance(1_000);
  await answer("ack");
  await clock.advance(60_000);
  expect(parcels).toEqual(["end 1", "end 1,a", "end 1"]);
});

test("a connection is full until what it has under way has arrived or is given up", async () => {
  const { clock, line, post, answer } = setUp();
  const flow: Flow = { underWay: 0 };
  for (const how of ["ack", "fail"] as const) {
    for (let n = 0; n < 5; n++) post("x".repeat(1024 * 1024), flow);
    await clock.advance(0);
    expect(line.isFull(flow)).toBe(true);
    expect(line.isFull({ underWay: 0 })).toBe(false);
    while (flow.underWay > 0) await answer(how);
    expect(line.isFull(flow)).toBe(false);
  }
});

test("a closed line drops what waits and says nothing more", async () => {
  const { clock, line, parcels, post, end, answer, broken } = setUp();
  post("a");
  end(1);
  await clock.advance(0);
  end(2);
  line.close();
  await answer("fail");
  post("b");
  await clock.advance(60_000);
  expect(parcels).toEqual(["a,end 1"]);
  expect(broken()).toBe(0);
});
