import { expect, test } from "bun:test";
import { HostPool } from "./host-pool.ts";

test("a host that leaves takes back the beat that is under way: it would bring the host into the pool again", async () => {
  const log: string[] = [];
  const fetch = (_: URL, { method, signal }: RequestInit): Promise<Response> => {
    log.push(method!);
    if (method === "DELETE") return Promise.resolve(Response.json({ success: true }));
    return new Promise((_, failed) =>
      signal?.addEventListener("abort", () => {
        log.push("aborted");
        failed(signal.reason as Error);
      }),
    );
  };
  const host = new HostPool({ url: "http://127.0.0.1:1", fetch }).keep({ hostId: "h", roomId: "r" });
  const beating = host.beat();
  await Promise.resolve();
  await host.leave();
  await beating;
  expect(log).toEqual(["POST", "POST", "aborted", "aborted", "DELETE"]);
});
