import { settings } from "../../src/app/config/settings.ts";

/** Shorter ones occur in the middle of other words. */
const SHORTEST = 8;

/** What no server may print whatever its settings are: signaling, tokens and private keys. */
const NEVER = [
  /\ba=(ice-ufrag|ice-pwd|fingerprint|candidate):/,
  /\bcandidate:\S+ \d+ (udp|tcp) /i,
  /\bv=0(\\r)?(\\n|\n)o=/,
  /\beyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]+/,
  /\bBearer [\w.~+/-]{8,}/,
] as const;

/** The texts in a server's settings that open a door. `from` are settings as the environment has them. */
export function secretsOf(from: Readonly<Record<string, string>>): readonly string[] {
  const secrets = Object.entries(from).flatMap(([name, value]) => {
    if (
      !Object.entries(settings).some(([setting, { secret }]: [string, { secret?: true }]) => setting === name && secret)
    ) {
      return [];
    }
    const urls = value.split(",").filter((one) => one.includes("://") && URL.canParse(one));
    if (urls.length === 0) return [value];
    return urls.flatMap((one) => {
      const { password, pathname, searchParams, protocol } = new URL(one);
      return [password, ...(protocol.startsWith("http") ? [pathname.slice(1), ...searchParams.values()] : [])];
    });
  });
  return secrets.filter(({ length }) => length >= SHORTEST);
}

/** What of all this is in what was printed, with a little of what stands around it. */
export function leaksIn(printed: string, secrets: readonly string[]): readonly string[] {
  const found: number[] = [];
  for (const secret of secrets) {
    const at = printed.indexOf(secret);
    if (at >= 0) found.push(at);
  }
  for (const pattern of NEVER) {
    const at = printed.search(pattern);
    if (at >= 0) found.push(at);
  }
  return found.map((at) => printed.slice(Math.max(0, at - 80), at + 80));
}
