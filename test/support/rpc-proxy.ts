/** What becomes of one JSON-RPC call on its way; undefined: it goes through. */
export type Fault =
  /** Answered as if it went well, and never handed on. Only for transactions. */
  | "drop"
  /** Handed on, but the answer never comes back. */
  | "lose answer"
  /** Handed on twice. */
  | "duplicate"
  /** Answered 502. */
  | "fail"
  /** Handed on after a while, in ms. */
  | number;

/** A JSON-RPC endpoint before another one, that does to calls what a test says. */
export interface RpcProxy {
  readonly url: string;
  /** Decides over each call. */
  fault(method: string): Fault | undefined;
  /** How often each method was called. */
  readonly calls: Map<string, number>;
  /** What was handed on as transactions, or dropped, in the order it came. */
  readonly raw: string[];
  stop(): Promise<void>;
}

export function startRpcProxy(target: string, port = 0): RpcProxy {
  const handOn = async (body: string): Promise<string> => {
    const headers = { "content-type": "application/json" };
    return (await fetch(target, { method: "POST", headers, body })).text();
  };
  const server = Bun.serve({
    hostname: "127.0.0.1",
    port,
    async fetch(request) {
      const body = await request.text();
      const { id, method, params } = JSON.parse(body);
      proxy.calls.set(method, (proxy.calls.get(method) ?? 0) + 1);
      if (method === "eth_sendRawTransaction") proxy.raw.push(params[0]);
      const fault = proxy.fault(method);
      if (fault === "fail") return new Response("bad gateway", { status: 502 });
      if (fault === "drop") return Response.json({ jsonrpc: "2.0", id, result: `0x${"0".repeat(64)}` });
      if (typeof fault === "number") await Bun.sleep(fault);
      const answer = await handOn(body);
      if (fault === "lose answer") return new Response("gateway timeout", { status: 504 });
      return new Response(fault === "duplicate" ? await handOn(body) : answer);
    },
  });
  const proxy: RpcProxy = {
    url: `http://127.0.0.1:${server.port}`,
    fault: () => undefined,
    calls: new Map(),
    raw: [],
    stop: () => server.stop(true),
  };
  return proxy;
}
