import { expect, test } from "bun:test";
import { listHref, objectHref, placeOf, searchHref } from "./address.ts";

test("every place has an address that leads back to it", () => {
  const id = "host-pool:a/b?c#d %";
  expect(placeOf(objectHref("hosts", id))).toEqual({ view: "object", kind: "hosts", id });
  const filter = { state: "idle", region: "eu west", q: "a&b", cursor: "x=" };
  expect(placeOf(listHref("hosts", filter))).toEqual({ view: "list", kind: "hosts", filter });
  expect(placeOf(listHref("audit"))).toEqual({ view: "list", kind: "audit", filter: {} });
  expect(placeOf(searchHref("a&b"))).toEqual({ view: "search", q: "a&b" });
});

test("what is no place is the overview", () => {
  for (const hash of ["", "#", "#/", "#main", "#/none", "#/__proto__/x"]) {
    expect(placeOf(hash)).toEqual({ view: "overview" });
  }
});

test("an id that is no good encoding is taken as it stands", () => {
  expect(placeOf("#/hosts/%E0%A4%A")).toEqual({ view: "object", kind: "hosts", id: "%E0%A4%A" });
});
