import { UsageError } from "./commands/errors.ts";
import { Refusal, type Client } from "./simulate/client.ts";
import { Figures, type WorldFace } from "./simulate/figures.ts";
import { refusalOf, survey, type Survey } from "./simulate/survey.ts";
import type { Tokens } from "./simulate/tokens.ts";
import type { Traffic } from "./simulate/traffic.ts";
import { report, WorldProgress, type Told } from "./simulate/world-progress.ts";
import { startWorld, usual } from "./simulate/world.ts";

export interface WorldCall {
  readonly client: Client;
  readonly tokens: Tokens;
  readonly traffic: Traffic;
  /** The faces that are asked for; those that the server does not serve are left out. */
  readonly wanted: readonly WorldFace[];
  /** Null: what is usual. */
  readonly rate: number | null;
  readonly size: number | null;
  readonly seed: string;
  readonly json: boolean;
  readonly signal: AbortSignal;
}

/**
 * Lets a world live on a server until the signal. Exit code 1 if there is nothing to live on, if nothing went right, or
 * if something may have been left behind.
 *
 * @throws {UsageError} the server asks for tokens, and there are none
 */
export async function simulateWorld(call: WorldCall): Promise<number> {
  const { client, tokens, traffic, wanted, seed, json, signal } = call;
  let found: Survey;
  let refusal: string | null = null;
  try {
    found = await survey(client);
    if (found.asksForTokens) refusal = await refusalOf(client, tokens.of({ sub: "simulation", scope: "client" }));
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    console.error(`rendezvous: ${error.message}`);
    return 1;
  }
  if (found.asksForTokens && tokens.kind === "none") {
    throw new UsageError("The server asks for tokens: give --token, or the JWT_SECRET that it has.");
  }
  if (refusal !== null) {
    console.error(`rendezvous: the server does not take the token: ${refusal}`);
    return 1;
  }
  const faces = wanted.filter((face) => found.faces.includes(face));
  const off = wanted.filter((face) => !found.faces.includes(face));
  if (faces.length === 0) {
    console.error(`rendezvous: ${client.url} does not serve ${wanted.join(", ")}; there is nothing to simulate.`);
    return 1;
  }
  if (off.length > 0) say(`${client.url} does not serve ${off.join(", ")}: left out.`);
  const { rate = usual(faces).rate, size = usual(faces).size } = definite(call);
  say(`a world on ${client.url}, ${faces.join(", ")}. Ctrl-C ends it.`);

  const figures = new Figures();
  const began = performance.now();
  const world = startWorld({ ...call, figures, faces, hasRooms: found.hasRooms, rate, size, seed });
  const told: Told = { world, figures, traffic, elapsed: () => performance.now() - began };
  const progress = new WorldProgress(json ? process.stdout : process.stderr, told, json);
  figures.heard = (reason) => progress.say(`rendezvous: ${reason}`);
  const leave = (): void => {
    progress.stop();
    say("leaving …");
  };
  signal.addEventListener("abort", leave, { once: true });
  const isClear = await world.over;
  progress.stop();
  tell(told, isClear, json);
  const hasFailed = figures.begun > 0 && figures.failed === figures.begun;
  return isClear && !hasFailed ? 0 : 1;
}

function definite({ rate, size }: WorldCall): { readonly rate?: number; readonly size?: number } {
  return { ...(rate === null ? {} : { rate }), ...(size === null ? {} : { size }) };
}

/** Nothing is wrong: the runtime would print it in red as an error. */
function say(text: string): void {
  process.stderr.write(`rendezvous: ${text}\n`);
}

/** What has come of it all. */
function tell(told: Told, isClear: boolean, json: boolean): void {
  if (json) {
    console.log(JSON.stringify({ ...report(told), ended: true, cleared: isClear }));
    return;
  }
  const { figures, traffic, elapsed } = told;
  console.log(`A world of ${Math.round(elapsed() / 1_000)} s, ${traffic.requests} requests.`);
  for (const [face, { begun, done, unlucky, failed }] of Object.entries(figures.faces)) {
    if (begun === 0) continue;
    const open = begun - done - unlucky - failed;
    const parts = [`${begun} begun`, `${done} done`, `${unlucky} without luck`, `${failed} failed`];
    console.log(`  ${face.padEnd(12)} ${parts.join(", ")}${open > 0 ? `, ${open} cut off by the end` : ""}`);
  }
  if (traffic.limited + traffic.overloaded > 0) {
    console.log(`  the server asked for less ${traffic.limited} times (429) and ${traffic.overloaded} times (503)`);
  }
  // Each was said when it came first.
  for (const [reason, times] of figures.reasons().filter(([, times]) => times > 1))
    console.error(`rendezvous: ${times} x ${reason}`);
  console.log(isClear ? "All of it is taken away." : "Not all of it could be taken away.");
}
