import { expect, test } from "bun:test";
import { opener } from "./browser.ts";

test("a page is opened only where somebody could see it", () => {
  expect(opener("linux", {})).toBeNull();
  expect(opener("linux", { DISPLAY: "" })).toBeNull();
  expect(opener("linux", { DISPLAY: ":0" })).toEqual(["xdg-open"]);
  expect(opener("linux", { WAYLAND_DISPLAY: "wayland-0" })).toEqual(["xdg-open"]);
  expect(opener("darwin", {})).toEqual(["open"]);
});
