import { afterEach, describe, expect, test } from "bun:test";
import { createLogReader } from "./logs.ts";
import { createRpc, RpcRefusal } from "./rpc.ts";

let stop = (): void => undefined;
afterEach(() => stop());

/** An endpoint that answers as it is told; its URL with a key and a password in it. */
function endpoint(answer: (body: any, request: Request) => Response | Promise<Response>): string {
  const server = Bun.serve({ port: 0, fetch: async (request) => answer(await request.json(), request) });
  stop = () => void server.stop(true);
  return `http://user:pass-word@127.0.0.1:${server.port}/v1/endpoint-key`;
}

/** What a call fails with, in all its words. */
async function failure(url: string): Promise<string> {
  const error: unknown = await createRpc(url, 200)("eth_chainId", []).catch((error: unknown) => error);
  expect(error).toBeInstanceOf(Error);
  return Bun.inspect(error);
}

describe("JSON-RPC", () => {
  test("a call comes through, its password in a header", async () => {
    const url = endpoint(({ method, params, id }, request) => {
      const result = [method, params, request.headers.get("authorization"), new URL(request.url).pathname];
      return Response.json({ jsonrpc: "2.0", id, result });
    });
    const basic = `Basic ${btoa("user:pass-word")}`;
    expect(await createRpc(url)("eth_x", [1])).toEqual(["eth_x", [1], basic, "/v1/endpoint-key"]);
  });

  test.each([
    ["an answer that is no JSON", () => new Response("<html>", { status: 502 }), "answers 502"],
    ["neither result nor error", () => Response.json({}), "neither result nor error"],
    ["silence", () => new Promise<Response>(() => undefined), "does not answer within 200 ms"],
    ["another address", () => Response.redirect("http://127.0.0.1:1/"), "cannot be reached"],
  ])("%s is a failure, in words that say nothing of where the endpoint is", async (_, answer, words) => {
    const said = await failure(endpoint(answer));
    expect(said).toContain(words);
    expect(said).not.toMatch(/pass-word|endpoint-key|127\.0\.0\.1/);
  });

  test("nobody there is a failure", async () => {
    const said = await failure("http://user:pass-word@127.0.0.1:1/endpoint-key");
    expect(said).toContain("cannot be reached");
    expect(said).not.toMatch(/pass-word|endpoint-key/);
  });

  test("a refusal keeps its code and its data", async () => {
    const error = { code: 3, message: "execution reverted", data: "0x08c379a0" };
    const url = endpoint(({ id }) => Response.json({ jsonrpc: "2.0", id, error }));
    const refusal = await createRpc(url)("eth_call", []).catch((error: unknown) => error);
    expect(refusal).toBeInstanceOf(RpcRefusal);
    expect(refusal).toMatchObject({ ...error, isRevert: true });
  });
});

test("an answer that has no end is not read on, and a shorter list is asked for", async () => {
  const MB = new Uint8Array(1_000_000).fill(0x20);
  const most: number[] = [];
  const url = endpoint(({ params: [{ fromBlock, toBlock }], id }) => {
    if (Number(toBlock) - Number(fromBlock) < 100) return Response.json({ jsonrpc: "2.0", id, result: [] });
    const at = most.push(0) - 1;
    const pull = (controller: ReadableStreamDefaultController): void => {
      if (++most[at]! > 300) controller.close();
      else controller.enqueue(MB);
    };
    return new Response(new ReadableStream({ pull }));
  });
  const reading = createLogReader(createRpc(url))({ address: "0x", topics: [] }, 1, 500).next();
  expect((await reading).done).toBe(true);
  expect(most.length).toBeGreaterThan(0);
  expect(Math.max(...most)).toBeLessThan(100);
});

describe("logs", () => {
  test.each([5_000, 100, 10, 5])("are read whole where %d blocks may be asked for at once", async (limit) => {
    const rpc = async (_: string, [filter]: readonly any[]): Promise<unknown> => {
      const [from, to] = [Number(filter.fromBlock), Number(filter.toBlock)];
      if (to - from + 1 > limit) throw new RpcRefusal(-32602, "block range too large", null);
      return Array.from({ length: to - from + 1 }, (_, at) => ({ topics: [], data: `${from + at}` }));
    };
    const seen: number[] = [];
    for await (const { data } of createLogReader(rpc)({ address: "0x", topics: [] }, 7, 1_206)) seen.push(Number(data));
    expect(seen).toEqual(Array.from({ length: 1_200 }, (_, at) => 7 + at));
  });

  test("an endpoint that gives none at all is a failure", async () => {
    const rpc = async (): Promise<never> => {
      throw new RpcRefusal(-32601, "no such method", null);
    };
    const reading = createLogReader(rpc)({ address: "0x", topics: [] }, 1, 100).next();
    expect(reading).rejects.toThrow("does not give logs: no such method");
    await reading.catch(() => undefined);
  });
});
