/** Which compiled function lies at an address. */
export interface CompiledCode {
  nameAt(address: number): string | null;
}

interface Compiled {
  readonly start: number;
  readonly size: number;
  readonly name: string;
}

/** A record that tells of code that was compiled; others tell of its lines or that it has moved. */
const CODE_LOAD = 0;

/** What stands before the records of such a file, and before each of them, in bytes. */
const [OWN_LENGTH_AT, RECORD_HEAD] = [8, 16];

/** Within a record, behind its head: the address and the size of the code, and where its name begins. */
const [ADDRESS_AT, SIZE_AT, NAME_AT] = [16, 24, 40];

/**
 * Reads what a process that was started with `BUN_JSC_useJITDump=1` has written of the code that it has compiled, in the
 * format of perf's jitdump (linux/tools/perf/Documentation/jitdump-specification.txt). Where two were compiled to one
 * address, the later one counts. A record that was not written to its end is left out.
 */
export function readJitDump(file: Uint8Array): CompiledCode {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const number = (at: number): number => Number(view.getBigUint64(at, true));
  const byStart = new Map<number, Compiled>();
  let at = view.getUint32(OWN_LENGTH_AT, true);
  while (at + RECORD_HEAD <= file.byteLength) {
    const length = view.getUint32(at + 4, true);
    if (length < RECORD_HEAD || at + length > file.byteLength) break;
    if (view.getUint32(at, true) === CODE_LOAD) {
      const body = at + RECORD_HEAD;
      const nameEnd = file.indexOf(0, body + NAME_AT);
      const name = Buffer.from(file.subarray(body + NAME_AT, nameEnd)).toString("utf8");
      const start = number(body + ADDRESS_AT);
      byStart.set(start, { start, size: number(body + SIZE_AT), name });
    }
    at += length;
  }
  const all = [...byStart.values()].toSorted((one, other) => one.start - other.start);
  return {
    nameAt(address) {
      let [low, high] = [0, all.length];
      while (low < high) {
        const middle = (low + high) >> 1;
        if (all[middle]!.start <= address) low = middle + 1;
        else high = middle;
      }
      const found = all[low - 1];
      return found !== undefined && address < found.start + found.size ? found.name : null;
    },
  };
}
