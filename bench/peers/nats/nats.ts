import { startContender, type Contender } from "../../harness/contender.ts";
import { freePort } from "../../../test/support/free-port.ts";

/** A NATS server as it comes; what it says of itself over HTTP tells when it is ready. */
export async function startNats(): Promise<Contender> {
  const [port, monitor] = [await freePort(), await freePort()];
  const command = ["nats-server", "--addr", "127.0.0.1", "--port", `${port}`, "--http_port", `${monitor}`];
  const { pid, stop } = await startContender(command, { url: `http://127.0.0.1:${monitor}/healthz` });
  return { pid, url: `nats://127.0.0.1:${port}`, stop };
}
