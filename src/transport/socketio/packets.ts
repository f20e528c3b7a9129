/** The kinds of Socket.IO's packets that are looked at before it parses them, each the first character of one. */
export const CONNECT = "0";
export const EVENT = "2";
export const BINARY_EVENT = "5";
export const BINARY_ACK = "6";

/** Whether a packet without attachments is for the main namespace, the only one there is. */
export function isForMain(packet: string): boolean {
  if (packet[1] !== "/") return true;
  const end = packet.indexOf(",");
  return (end < 0 ? packet.length : end) === 2;
}
