import { expect, test } from "bun:test";
import { EventReader } from "./sse.ts";

test("events come out whole, however the text is cut", () => {
  const text = 'event: history\nid: 1\ndata: {"a":1}\n\n:\n\nevent: sample\ndata: one\ndata: two\n\ndata:plain\n\n';
  const expected = [
    { event: "history", data: '{"a":1}' },
    { event: "sample", data: "one\ntwo" },
    { event: "message", data: "plain" },
  ];
  for (let size = 1; size <= text.length; size++) {
    const reader = new EventReader();
    const found = [];
    for (let at = 0; at < text.length; at += size) found.push(...reader.read(text.slice(at, at + size)));
    expect(found).toEqual(expected);
  }
});

test("what is not complete is kept back", () => {
  const reader = new EventReader();
  expect(reader.read("event: sample\ndata: 1\n")).toEqual([]);
  expect(reader.read("\n")).toEqual([{ event: "sample", data: "1" }]);
});
