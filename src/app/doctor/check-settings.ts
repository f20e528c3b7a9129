import { release } from "node:os";
import manifest from "../../../package.json" with { type: "json" };
import type { Config } from "../config/settings.ts";
import { openDoor } from "../open-door.ts";
import { version } from "../version.ts";
import { ok, warn, type Finding } from "./finding.ts";

/** What runs. */
export function checkVersions(bun = process.versions.bun ?? "none"): readonly Finding[] {
  const here = `Rendezvous ${version} on Bun ${bun}, ${process.platform} ${release()} ${process.arch}.`;
  const wanted = manifest.dependencies.bun;
  if (bun === wanted) return [ok("versions", here)];
  const advice = `Run npm ci, and start it with npm start: it was tested with Bun ${wanted}.`;
  return [warn("versions", here, advice)];
}

/** Whether strangers may come in. */
export function checkDoor(config: Config): readonly Finding[] {
  const [sentence, ...more] = openDoor(config);
  if (sentence === undefined) return [];
  return [warn("AUTH_MODE", sentence, more.at(-1) ?? "Set AUTH_MODE=token.")];
}
