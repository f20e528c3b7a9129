import type { Notice, Welcome } from "../../core/signaling/peer-link.ts";
import { relayedSignal, WITHHELD } from "../../core/signaling/relay-only.ts";
import type { Frame } from "./schema.ts";

/** The frame for a welcome. Where peers are to meet over TURN alone, it says so as an RTCConfiguration does. */
export function presentWelcome(welcome: Welcome, relayOnly = false): string {
  const { peerId, peers, polite, iceServers, resumeToken } = welcome;
  const policy = relayOnly ? { iceTransportPolicy: "relay" } : {};
  return JSON.stringify({ type: "welcome", peerId, peers, polite, iceServers, ...policy, resumeToken });
}

export function presentResumed(recovered: boolean): string {
  return JSON.stringify({ type: "resumed", recovered });
}

export function presentError(code: string, message: string): string {
  return JSON.stringify({ type: "error", code, message });
}

export function presentNotice(notice: Notice): string {
  switch (notice.type) {
    case "joined":
      return JSON.stringify({ type: "peer-joined", peerId: notice.peerId, iceServers: notice.iceServers });
    case "left":
      return JSON.stringify({ type: "peer-left", peerId: notice.peerId });
    case "refused":
      return presentError(notice.code, notice.message);
    case "signal":
      return notice.payload;
  }
}

/**
 * The frame as its receiver gets it: the sender's own text with `from` added, so that a session description, the
 * order of keys and the spelling of numbers arrive untouched. Only a `from` that the sender wrote is replaced, which
 * takes writing the frame anew.
 *
 * @param text the frame as it came, of which `frame` was read
 */
export function withSender(text: string, frame: Frame, from: string): string {
  if (Object.hasOwn(frame.fields, "from")) return JSON.stringify({ ...frame.fields, from });
  const end = text.lastIndexOf("}");
  return `${text.slice(0, end)},"from":${JSON.stringify(from)}${text.slice(end)}`;
}

/** The same where peers are to meet over TURN alone; null for a frame of which nothing may be passed on. */
export function relayedFrame(frame: Frame, from: string): string | null {
  const passed = relayedSignal(frame.type === "ice-candidate" ? "candidate" : "description", frame.fields);
  return passed === WITHHELD ? null : JSON.stringify({ ...(passed as object), from });
}
