import { expect, test } from "bun:test";
import { readHost } from "./mirror.ts";

const record = JSON.stringify({ roomId: "r", status: "idle", region: "eu", lastHeartbeat: 5 });

test("a record of another program is a host, if its key and what must be right in it are", () => {
  expect(readHost("host:h", record, "local")).toMatchObject({ id: "h", room: "r", state: "idle", region: "eu" });
  expect(readHost(`host:${"h".repeat(256)}`, record, "local")).not.toBeNull();
  expect(readHost("host:h", "{", "local")).toBeNull();
  expect(readHost("host:h", JSON.stringify({ roomId: "", status: "idle" }), "local")).toBeNull();
});

test("what is under no name, or under one that no host could register, is none", () => {
  for (const name of ["", "h".repeat(257), "h".repeat(1_000_000)]) {
    expect(readHost(`host:${name}`, record, "local")).toBeNull();
  }
});
