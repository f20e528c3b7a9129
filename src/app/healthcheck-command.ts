import type { CommandCall } from "./commands/command.ts";
import { loadConfig } from "./config/load.ts";
import { askHere, localUrl } from "./local-server.ts";

/**
 * Asks the server that `serve` would make of the same settings, on this machine, whether it wants clients: for a
 * container that has no other program inside. Exit code 1 if it does not, or nothing answers.
 */
export async function healthcheckCommand({ sources, json }: CommandCall): Promise<number> {
  const { config } = await loadConfig(sources);
  const url = localUrl(config, "readyz");
  const { status, troubles } = await ask(url);
  const isReady = status === "ready" || status === "degraded";
  if (json) console.log(JSON.stringify({ ok: isReady, url, status, troubles }));
  else console.log([`${url}: ${status}`, ...troubles].join("\n  "));
  return isReady ? 0 : 1;
}

interface Readiness {
  readonly status: string;
  readonly troubles: readonly string[];
}

async function ask(url: string): Promise<Readiness> {
  try {
    const answer = await askHere(url);
    const { status = `answered ${answer.status}`, troubles = [] } = JSON.parse(answer.text) as Partial<Readiness>;
    return { status, troubles };
  } catch (error) {
    return { status: "nothing answers", troubles: [(error as Error).message] };
  }
}
