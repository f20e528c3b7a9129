import { probeBinding } from "../../adapters/turn/probe.ts";
import type { IceUrl } from "../../core/credentials/ice-url.ts";
import { ok, type Finding } from "./finding.ts";
import type { Tools } from "./place.ts";
import { reach } from "./reach.ts";
import { explainRejection } from "./rejected.ts";

/** Asks a STUN server where it sees this machine. */
export async function checkStun(url: IceUrl, tools: Tools): Promise<Finding[]> {
  const reached = await reach(url, tools, (target) => probeBinding(target, tools));
  if ("finding" in reached) return [reached.finding];
  const { outcome } = reached;
  if (outcome.result === "rejected") return [explainRejection(url.text, outcome.error)];
  return [ok(url.text, `Answers, and sees this machine as ${outcome.mapped.address}.`)];
}
