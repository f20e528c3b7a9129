import { expect, spyOn, test } from "bun:test";
import { Emitter } from "./emitter.ts";

class Bell extends Emitter<{ rung: number }> {
  ring(): void {
    this.emit("rung", 1);
  }
}

test("a listener that throws is said aloud, and holds up neither the others nor whoever tells them", () => {
  const reported = spyOn(Promise, "reject").mockImplementation((() => undefined) as never);
  try {
    const bell = new Bell();
    const heard: number[] = [];
    bell.on("rung", () => {
      throw new Error("of a listener");
    });
    bell.on("rung", (value) => heard.push(value));
    bell.ring();
    expect(heard).toEqual([1]);
    expect(reported).toHaveBeenCalledTimes(1);
  } finally {
    reported.mockRestore();
  }
});
