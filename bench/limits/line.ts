// The limit of every queue that is kept in memory: who waits is an object in a linked list, found by name in one table, and
// nothing else. Drawn through as the pairing of the video chat is (load/pairing.ts): whoever joins on the other side meets the
// one who has waited longest, both leave, and somebody new joins the end of the line.
//
//   bun bench/limits/line.ts WAITING SECONDS
import { measureWhenAsked } from "../harness/asked.ts";
import { pairingRun } from "../load/pairing-run.ts";

interface One {
  readonly id: string;
  next: One | null;
}

const all = new Map<string, One>();
let first: One | null = null;
let last: One | null = null;

const { fill, measure } = pairingRun(Number(process.argv[2]), Number(process.argv[3]), {
  async wait(id) {
    const one: One = { id, next: null };
    all.set(id, one);
    if (last === null) first = one;
    else last.next = one;
    last = one;
  },
  async meet(id) {
    all.set(id, { id, next: null });
    const other = first;
    if (other === null) return null;
    first = other.next;
    if (first === null) last = null;
    return other.id;
  },
  async leave(id) {
    all.delete(id);
  },
});

await fill(1);
await measureWhenAsked(measure);
