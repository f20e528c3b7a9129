import { History } from "./history.ts";

/** A history that a test writes: what `at` adds happens at that time. */
export function written() {
  let now = 0;
  const history = new History(0, () => now);
  const at = (time: number): Pick<History, "add"> => {
    now = time;
    return history;
  };
  return { history, at };
}
