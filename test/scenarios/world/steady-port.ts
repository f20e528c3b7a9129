import { createServer } from "node:net";

/** Below the ports that outgoing connections are given: one of those could take a server's while it is down. */
const [FROM, TO] = [20_000, 32_000];
let next = FROM + ((process.pid * 61) % (TO - FROM));

/** A TCP port of the loopback that nobody has now, and hardly anybody will take. */
export async function steadyPort(): Promise<number> {
  for (let tries = TO - FROM; tries > 0; tries--) {
    const port = next;
    next = next + 1 < TO ? next + 1 : FROM;
    if (await isFree(port)) return port;
  }
  throw new Error("no port is free");
}

function isFree(port: number): Promise<boolean> {
  return new Promise((found) => {
    const probe = createServer();
    probe.once("error", () => found(false));
    probe.listen(port, "127.0.0.1", () => probe.close(() => found(true)));
  });
}
