import { createRpc } from "../../adapters/evm/rpc.ts";
import { createKeySet } from "../../adapters/jwt/key-set.ts";
import { steadyClock } from "../../adapters/system/clock.ts";
import type { Config } from "../config/settings.ts";
import { askHere, localUrl } from "../local-server.ts";
import { fail, ok, warn, type Finding } from "./finding.ts";
import { PATIENCE_MS, whyOf } from "./look.ts";

/**
 * Whether PUBLIC_URL leads to the server of these settings.
 *
 * @param instances what the nodes of the cluster, and the server on this machine, call themselves
 */
export async function checkPublicUrl(
  { PUBLIC_URL: url }: Config,
  instances: readonly string[],
): Promise<readonly Finding[]> {
  if (url === null) return [];
  const place = new URL("livez", url.endsWith("/") ? url : `${url}/`);
  let status: number;
  let text: string;
  try {
    const response = await fetch(place, { redirect: "manual", signal: AbortSignal.timeout(PATIENCE_MS) });
    status = response.status;
    text = await response.text();
  } catch (error) {
    const sentence = `Nothing answers at ${place.origin} from here (${whyOf(error)}).`;
    const advice = "Start the server, and see that the name, the proxy in front and its certificate are right.";
    return [warn("PUBLIC_URL", sentence, advice)];
  }
  const live = status === 200 ? readLive(text) : null;
  if (live !== null) return [judgeInstance(place.origin, live.instance, instances)];
  const sentence = `What answers at ${place.href} is no Rendezvous (${status}).`;
  const advice = "See where the proxy in front sends this name, and whether PUBLIC_URL is right.";
  return [fail("PUBLIC_URL", sentence, advice)];
}

function judgeInstance(origin: string, instance: string | null, instances: readonly string[]): Finding {
  if (instances.length === 0 || instance === null) {
    return ok("PUBLIC_URL", `A Rendezvous answers at ${origin}; whether it is this one shows once one runs here.`);
  }
  if (instances.includes(instance)) return ok("PUBLIC_URL", `This server answers at ${origin}.`);
  const sentence = `Another Rendezvous answers at ${origin}: neither the one on this machine nor a node of this Redis.`;
  return fail("PUBLIC_URL", sentence, "See where the proxy in front sends this name, and whether PUBLIC_URL is right.");
}

/** What the server on this machine calls itself; none where none runs. */
export async function ownInstance(config: Config): Promise<readonly string[]> {
  const live = await askHere(localUrl(config, "livez")).then(
    ({ text }) => readLive(text),
    () => null,
  );
  return live === null || live.instance === null ? [] : [live.instance];
}

/** Null: this is no answer of a Rendezvous. */
function readLive(text: string): { readonly instance: string | null } | null {
  try {
    const { status, instance } = JSON.parse(text) as { readonly status?: unknown; readonly instance?: unknown };
    return status === "live" ? { instance: typeof instance === "string" ? instance : null } : null;
  } catch {
    return null;
  }
}

/** Whether the issuer of tokens publishes keys. */
export async function checkKeys({ JWT_JWKS_URL: url }: Config): Promise<readonly Finding[]> {
  if (url === null) return [];
  const keys = createKeySet({ url, clock: steadyClock });
  const good = [ok("JWT_JWKS_URL", "The issuer of tokens publishes its keys.")];
  try {
    // The key has a name that nobody gives: of interest is why there is none.
    await keys({ alg: "ES256", kid: "asked for by rendezvous doctor" }, { payload: "", signature: "" });
    return good;
  } catch (error) {
    const { name, cause } = error as Error;
    if (name !== "KeysAway") return good;
    const sentence = `The keys of the issuer of tokens cannot be had (${whyOf(cause)}).`;
    const advice =
      "Until they can, every token is answered with 503: see that the URL is right and reachable from here.";
    return [fail("JWT_JWKS_URL", sentence, advice)];
  }
}

/** Whether the chain's endpoint answers, and for the chain that is meant. */
export async function checkChain(config: Config): Promise<readonly Finding[]> {
  const {
    ARENA_PRIVATE_KEY: key,
    WAGER_CONTRACT: wagers,
    REPUTATION_REGISTRY: registry,
    MONAD_CHAIN_ID: wanted,
  } = config;
  if (!config.FACES.includes("arena") || (key === null && wagers === null)) return [];
  const rpc = createRpc(config.MONAD_RPC_URL);
  try {
    const id = Number(await rpc("eth_chainId", []));
    if (id !== wanted) {
      const sentence = `The endpoint is of chain ${id}, and MONAD_CHAIN_ID is ${wanted}.`;
      return [fail("MONAD_RPC_URL", sentence, "Set the two for one chain: nothing is posted, and no wager settled.")];
    }
    const contracts = [
      ...(key === null ? [] : [["REPUTATION_REGISTRY", registry] as const]),
      ...(wagers === null ? [] : [["WAGER_CONTRACT", wagers] as const]),
    ];
    const codes = await Promise.all(contracts.map(([, address]) => rpc("eth_getCode", [address, "latest"])));
    return [
      ok("MONAD_RPC_URL", `The endpoint answers for chain ${id}.`),
      ...contracts.map(([name, address], at) =>
        codes[at] === "0x"
          ? fail(name, `There is no contract at ${address} on chain ${id}.`, `Correct ${name}, or MONAD_CHAIN_ID.`)
          : ok(name, `There is a contract at ${address}.`),
      ),
    ];
  } catch (error) {
    const sentence = `The chain cannot be asked: ${(error as Error).message}.`;
    return [fail("MONAD_RPC_URL", sentence, "See that the URL is right and reachable from here, and its key good.")];
  }
}
