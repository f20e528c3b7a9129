import { filled } from "./device-pairs.ts";
import type { PairClient } from "./pairs.ts";

/** Clients of a PeerJS server in pairs that offer each other a connection, in its own protocol. */
export function peerjsPairs(port: number, count: number): PairClient[] {
  const name = (n: number): string => `peer-${String(n).padStart(5, "0")}`;
  return Array.from({ length: count }, (_, n) => ({
    port,
    path: `/peerjs?key=peerjs&id=${name(n)}&token=token${n}`,
    first: "",
    ready: "OPEN",
    receiver: n ^ 1,
    message: filled((sdp) => {
      const payload = { sdp: { sdp, type: "offer" }, type: "data", connectionId: `dc_${n}`, browser: "chrome" };
      return JSON.stringify({ type: "OFFER", payload, dst: name(n ^ 1) });
    }),
  }));
}
