import { expect, spyOn, test } from "bun:test";
import { Emitter } from "./emitter.ts";

class Bell extends Emitter<{ rung: number }> {
  ring(): void {
    this.emit("rung", 1);
  }
}

test("a listener that throws is said aloud, and holds up neither the others nor whoever tells them", () => {
  const later: (() => void)[] = [];
  const microtasks = spyOn(globalThis, "queueMicrotask").mockImplementation((run) => void later.push(run));
  try {
    const bell = new Bell();
    const heard: number[] = [];
    bell.on("rung", () => {
      throw new Error("of a listener");
    });
    bell.on("rung", (value) => heard.push(value));
    bell.ring();
    expect(heard).toEqual([1]);
    expect(later).toHaveLength(1);
    expect(later[0]).toThrow("of a listener");
  } finally {
    microtasks.mockRestore();
  }
});
