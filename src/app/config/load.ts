import { parseIceUrl } from "../../core/credentials/ice-url.ts";
import { facesWithRecords } from "../face-names.ts";
import { settingNames, settings, type Config, type SettingName } from "./settings.ts";
import { collect, type Sources } from "./sources.ts";

export interface Loaded {
  readonly config: Config;
  /** Where each setting came from; "default" where nobody set it. */
  readonly origin: ReadonlyMap<SettingName, string>;
}

/** Settings that cannot be served with. `problems` are complete sentences. */
export class ConfigError extends Error {
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(problems.join("\n"));
    this.name = "ConfigError";
    this.problems = problems;
  }
}

/**
 * Reads all settings and checks them, each by itself and then together.
 *
 * @throws {ConfigError} with everything that is wrong, not only the first
 */
export async function loadConfig(sources: Sources): Promise<Loaded> {
  const problems: string[] = [];
  const found = await collect(sources, problems);
  const origin = new Map<SettingName, string>();
  const values: Partial<Record<SettingName, unknown>> = {};
  for (const name of settingNames) {
    const setting = settings[name];
    const sourced = found.get(name);
    origin.set(name, sourced?.source ?? "default");
    const text = sourced?.text ?? setting.default;
    try {
      values[name] = text === null ? null : setting.parse(text);
    } catch (error) {
      const shown = "secret" in setting ? "what was given" : JSON.stringify(text);
      problems.push(`${name} must be ${(error as Error).message}, not ${shown} (${sourced?.source ?? "default"}).`);
    }
  }
  if (problems.length === 0) problems.push(...contradictions(values as Config));
  if (problems.length > 0) throw new ConfigError(problems);
  return { config: values as Config, origin };
}

/** What each setting alone cannot show. `recordKeepers` names the faces that write records. */
export function contradictions(config: Config, recordKeepers: ReadonlySet<string> = facesWithRecords): string[] {
  const problems: string[] = [];
  if (config.FACES.length === 0) problems.push("FACES names no face: there would be nothing to serve.");
  if (config.TURN_URLS.length > 0 && config.TURN_SECRET === null) {
    problems.push("TURN_URLS is set without TURN_SECRET: no credentials could be issued for these servers.");
  }
  if (config.ICE_POLICY === "relay" && config.TURN_URLS.length === 0) {
    problems.push("ICE_POLICY is relay without TURN_URLS: no two peers could meet.");
  }
  if (config.AUTH_MODE === "token" && config.JWT_SECRET === null && config.JWT_JWKS_URL === null) {
    problems.push("AUTH_MODE is token, but neither JWT_SECRET nor JWT_JWKS_URL says whose tokens are good.");
  }
  if (config.JWT_SECRET !== null && config.JWT_JWKS_URL !== null) {
    problems.push("JWT_SECRET and JWT_JWKS_URL are both set: tokens come from one issuer. Set one of them.");
  }
  for (const [name, other] of [
    ["TLS_CERT", "TLS_KEY"],
    ["TLS_KEY", "TLS_CERT"],
  ] as const) {
    if (config[name] !== null && config[other] === null) {
      problems.push(`${name} is set without ${other}: TLS needs both.`);
    }
  }
  for (const [name, schemes] of [
    ["STUN_URLS", ["stun", "stuns"]],
    ["TURN_URLS", ["turn", "turns"]],
  ] as const) {
    for (const url of config[name]) {
      try {
        if (!(schemes as readonly string[]).includes(parseIceUrl(url).scheme)) {
          problems.push(`${name} takes ${schemes.join(": and ")}: URLs, not ${url}`);
        }
      } catch (error) {
        problems.push(`${name}: ${(error as Error).message}`);
      }
    }
  }
  const keepers = config.FACES.filter((face) => recordKeepers.has(face));
  if (config.REDIS_URL !== null && config.DATABASE_URL === null && keepers.length > 0) {
    problems.push(
      `REDIS_URL is set without DATABASE_URL while ${keepers.join(", ")} ${keepers.length > 1 ? "keep" : "keeps"} records: each node would keep its own. ` +
        "Set DATABASE_URL, or leave these faces out with FACES.",
    );
  }
  return problems;
}
