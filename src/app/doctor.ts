import { systemClock } from "../adapters/system/clock.ts";
import { systemRandom } from "../adapters/system/random.ts";
import { parseIceUrl, type IceUrl } from "../core/credentials/ice-url.ts";
import { checkStun } from "./doctor/check-stun.ts";
import { checkTurn } from "./doctor/check-turn.ts";
import { fail, warn, type Finding } from "./doctor/finding.ts";
import { resolveName, type Tools } from "./doctor/place.ts";

export type { Finding } from "./doctor/finding.ts";

/** The settings doctor looks at. */
export interface DoctorConfig {
  readonly stunUrls: readonly string[];
  readonly turnUrls: readonly string[];
  readonly turnSecret?: string | null | undefined;
  readonly turnTtlSeconds: number;
}

const defaults: Tools = {
  clock: systemClock,
  random: systemRandom,
  timeoutMs: 5_000,
  retransmitMs: 500,
  resolve: resolveName,
  usualPorts: { plain: 3478, secure: 5349 },
};

/**
 * Makes a real Binding with every STUN server and a real allocation with every TURN server, and says in words what is
 * wrong. Findings come in the order of the URLs. Never throws for what a server does.
 */
export async function runDoctor(config: DoctorConfig, options: Partial<Tools> = {}): Promise<Finding[]> {
  const tools = { ...defaults, ...options };
  const { turnSecret, turnTtlSeconds } = config;
  const stun = config.stunUrls.map((text) => withUrl(text, (url) => checkStun(url, tools)));
  const turn = turnSecret
    ? config.turnUrls.map((text) =>
        withUrl(text, (url) => checkTurn(url, { secret: turnSecret, ttlSeconds: turnTtlSeconds }, tools)),
      )
    : [];
  return [...missing(config), ...(await Promise.all([...stun, ...turn])).flat()];
}

async function withUrl(text: string, check: (url: IceUrl) => Promise<Finding[]>): Promise<Finding[]> {
  let url: IceUrl;
  try {
    url = parseIceUrl(text);
  } catch (error) {
    return [fail(text, `${(error as Error).message}.`, "Correct the URL: browsers refuse the whole list for it.")];
  }
  return check(url);
}

/** What the settings alone show. */
function missing({ stunUrls, turnUrls, turnSecret }: DoctorConfig): Finding[] {
  if (turnUrls.length > 0) {
    if (turnSecret) return [];
    return [
      fail(
        "TURN_SECRET",
        "TURN servers are configured without a secret: no credentials can be issued for them.",
        "Set TURN_SECRET to the static-auth-secret of the TURN servers.",
      ),
    ];
  }
  if (stunUrls.length === 0) {
    return [
      warn(
        "STUN_URLS, TURN_URLS",
        "No STUN and no TURN server is configured: peers meet only on the same network.",
        "Set STUN_URLS, and TURN_URLS with TURN_SECRET; docs/turn.md shows how to set up a server.",
      ),
    ];
  }
  return [
    warn(
      "TURN_URLS",
      "No TURN server is configured: peers behind a strict firewall or a symmetric NAT do not connect.",
      "Set TURN_URLS and TURN_SECRET; docs/turn.md shows how to set up a server.",
    ),
  ];
}
