import { ChainUnavailable } from "../../ports/chain.ts";
import { RpcRefusal, type Rpc } from "./rpc.ts";

/** A log as endpoints give it. */
export interface Log {
  readonly topics: readonly string[];
  readonly data: string;
}

/** Blocks asked for at once to begin with. Endpoints limit that, each in its own words. */
const LARGEST = 5_000;
/** What every endpoint allows. */
const SMALLEST = 5;

/** Reads logs in parts as large as the endpoint allows, which is found out by trying and remembered. */
export function createLogReader(rpc: Rpc) {
  let part = LARGEST;
  return async function* read(
    filter: { readonly address: string; readonly topics: readonly (string | null)[] },
    fromBlock: number,
    toBlock: number,
  ): AsyncGenerator<Log> {
    let from = fromBlock;
    while (from <= toBlock) {
      const to = Math.min(from + part - 1, toBlock);
      let logs: unknown;
      try {
        logs = await rpc("eth_getLogs", [{ ...filter, fromBlock: hex(from), toBlock: hex(to) }]);
      } catch (error) {
        if (!(error instanceof RpcRefusal)) throw error;
        if (part <= SMALLEST || to - from < SMALLEST) {
          throw new ChainUnavailable(`its endpoint does not give logs: ${error.message}`);
        }
        part = Math.max(SMALLEST, Math.floor(Math.min(part, to - from + 1) / 5));
        continue;
      }
      if (!Array.isArray(logs)) throw new ChainUnavailable("its endpoint gives no list of logs");
      yield* logs as Log[];
      from = to + 1;
    }
  };
}

export function hex(number: number | bigint): string {
  return `0x${number.toString(16)}`;
}
