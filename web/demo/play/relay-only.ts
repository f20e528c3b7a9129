import { byId } from "../../shared/dom.ts";

/** The switch "relay only", which `?relay=1` in the address turns on. */
export function relayOnly(): () => RTCIceTransportPolicy {
  const box = byId("relay", HTMLInputElement);
  box.checked = new URLSearchParams(location.search).get("relay") === "1";
  return () => (box.checked ? "relay" : "all");
}
