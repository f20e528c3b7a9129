import { ChainUnavailable } from "../../ports/chain.ts";

/** What an endpoint answers a call with that it does not carry out. */
export class RpcRefusal extends Error {
  constructor(
    readonly code: number,
    message: string,
    /** What a contract reverted with, in hex; null: nothing. */
    readonly data: string | null,
  ) {
    super(message);
    this.name = "RpcRefusal";
  }

  /** True if a contract said no, and not the endpoint. */
  get isRevert(): boolean {
    return this.code === 3 || /revert/i.test(this.message);
  }
}

/** Calls a method and resolves with its result. @throws {RpcRefusal} {ChainUnavailable} */
export type Rpc = (method: string, params: readonly unknown[]) => Promise<unknown>;

/** How long one call may take, in ms. */
const CALL_MS = 5_000;

/** An answer is read up to this, in bytes; whoever asked for a list may ask for a shorter one. */
const MAX_ANSWER = 8_000_000;

const TOO_LARGE = new RpcRefusal(-32_005, `its answer is larger than ${MAX_ANSWER} bytes`, null);

/** JSON-RPC over HTTP. Errors never say where the endpoint is: its URL may hold the key to it. */
export function createRpc(url: string, callMs = CALL_MS): Rpc {
  // A password in a URL goes into a header, which is where fetch wants it.
  const { username, password } = new URL(url);
  const address = new URL(url);
  address.username = address.password = "";
  const authorization =
    username === "" && password === ""
      ? {}
      : { authorization: `Basic ${btoa(`${decodeURIComponent(username)}:${decodeURIComponent(password)}`)}` };
  let calls = 0;

  return async (method, params) => {
    const id = ++calls;
    let answer: unknown;
    let status = 0;
    try {
      const response = await fetch(address, {
        method: "POST",
        headers: { "content-type": "application/json", ...authorization },
        body: JSON.stringify({ jsonrpc: "2.0", id, method, params }),
        signal: AbortSignal.timeout(callMs),
        redirect: "error",
      });
      status = response.status;
      answer = JSON.parse(await textOf(response));
    } catch (error) {
      if (error === TOO_LARGE) throw error;
      const isLate = error instanceof Error && error.name === "TimeoutError";
      const why = isLate
        ? `does not answer within ${callMs} ms`
        : status === 0
          ? "cannot be reached"
          : `answers ${status}`;
      throw new ChainUnavailable(`its endpoint ${why}`);
    }
    const { result, error } = (answer ?? {}) as {
      result?: unknown;
      error?: { code?: unknown; message?: unknown; data?: unknown };
    };
    if (error !== undefined && error !== null) throw refusalOf(error);
    if (result === undefined)
      throw new ChainUnavailable(`its endpoint answers ${method} with neither result nor error`);
    return result;
  };
}

function refusalOf({ code, message, data }: { code?: unknown; message?: unknown; data?: unknown }): RpcRefusal {
  const words = typeof message === "string" ? message.slice(0, 300) : "no reason given";
  return new RpcRefusal(Number(code), words, typeof data === "string" && /^0x[0-9a-f]*$/i.test(data) ? data : null);
}

/** @throws {RpcRefusal} TOO_LARGE, and reads no further */
async function textOf(response: Response): Promise<string> {
  const parts: Uint8Array[] = [];
  let bytes = 0;
  // Leaving the loop early ends the connection.
  for await (const part of response.body ?? []) {
    bytes += part.byteLength;
    if (bytes > MAX_ANSWER) throw TOO_LARGE;
    parts.push(part);
  }
  return Buffer.concat(parts).toString("utf8");
}
