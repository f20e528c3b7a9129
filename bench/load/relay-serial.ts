import type { RunningServer } from "../../test/support/server.ts";
import { befriend, device, mail, signUp } from "../../test/wire/devices-client.ts";

/** An offer of this many characters makes a message of some 1.2 KB. */
const SDP_CHARS = 1_000;

/** Two devices of two users, on one node, of which the first writes to the second. */
export interface PingPong {
  /** So many messages, each when the one before it has arrived. */
  send(messages: number): Promise<void>;
  close(): void;
}

export async function pingPong(server: RunningServer): Promise<PingPong> {
  const [ada, bob] = [await signUp(server), await signUp(server)];
  await befriend(server, ada, bob);
  const [from, to] = [await device(server, ada, "a"), await device(server, bob, "b")];
  const text = JSON.stringify(mail(from, to, { event: "sdp_offer", payload: { sdp: "v=0 ".repeat(SDP_CHARS / 4) } }));
  // What announces the devices to each other has arrived before the first message.
  let arrived = (): void => undefined;
  to.socket.onmessage = () => arrived();
  return {
    async send(messages) {
      const { promise, resolve } = Promise.withResolvers<void>();
      let left = messages;
      arrived = () => (--left === 0 ? resolve() : from.socket.send(text));
      from.socket.send(text);
      await promise;
    },
    close() {
      from.socket.close();
      to.socket.close();
    },
  };
}
