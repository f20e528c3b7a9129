import { relayedSignal, WITHHELD } from "../../core/signaling/relay-only.ts";

/**
 * A message as it may be passed on where peers are to meet over TURN alone; null if nothing of it may.
 *
 * @param text valid JSON of an object, as it would be passed on otherwise
 */
export function relayedText(text: string): string | null {
  const message = JSON.parse(text) as { readonly event?: unknown };
  const passed = relayedSignal(message.event === "ice_candidate" ? "candidate" : "description", message);
  return passed === WITHHELD ? null : JSON.stringify(passed);
}
