import { expect, test } from "bun:test";
import { createMemoryLeases } from "./leases.ts";
import { createVirtualClock } from "../../../test/support/virtual-clock.ts";

test("a page that is asked for again stands where it stood, whichever have gone in between", async () => {
  const leases = createMemoryLeases(createVirtualClock(1_000));
  const renew = (id: string) => leases.renew({ id, group: "eu", alias: `room-${id}`, value: "{}", ttlMs: 30_000 });
  const ids = Array.from({ length: 300 }, (_, n) => `h${String(n).padStart(3, "0")}`);
  for (const id of ids) await renew(id);
  const first = await leases.page(null, 200);
  expect(first).toMatchObject({ from: "300", next: "100" });
  for (const id of ["h299", "h250", "h003"]) await leases.end(id);
  const again = await leases.page(first.from, 200);
  expect(again.next).toBe("100");
  // Whoever has moved was seen before, and comes once more at most.
  const rest = await leases.page(again.next, 200);
  expect(rest.next).toBeNull();
  const shown = new Set([...again.leases, ...rest.leases].map(({ id }) => id));
  expect(ids.filter((id) => !shown.has(id))).toEqual(["h003", "h250", "h299"]);
  expect(again.leases.every(({ id }) => id >= "h100")).toBe(true);
});

test("a page that begins nowhere is empty, and the last", async () => {
  const leases = createMemoryLeases(createVirtualClock(1_000));
  await leases.renew({ id: "h", group: "eu", alias: "room", value: "{}", ttlMs: 30_000 });
  expect(await leases.page("no number", 10)).toMatchObject({ leases: [], next: null });
});
