import { existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { parseEnv } from "node:util";
import { closest } from "./closest.ts";
import { isSetting, settingNames, settings, type SettingName } from "./settings.ts";

/** A setting's text and where it came from. */
export interface Sourced {
  readonly text: string;
  readonly source: string;
}

/** Where settings come from, the strongest first: a name found in one is not looked for in the next. */
export interface Sources {
  readonly flags: Readonly<Record<string, string>>;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Folder in which `.env` and `rendezvous.config.*` are looked for. */
  readonly folder: string;
  /** A config file named by hand. */
  readonly file?: string;
}

const CONFIG_FILES = ["ts", "mjs", "js", "json", "jsonc", "toml", "yaml", "yml"].map(
  (end) => `rendezvous.config.${end}`,
);

/** Collects the texts of all settings; complaints go to `problems`, complete sentences. */
export async function collect(sources: Sources, problems: string[]): Promise<Map<SettingName, Sourced>> {
  const found = new Map<SettingName, Sourced>();
  const layers: [Record<string, string | undefined>, string, strict: boolean][] = [
    [sources.flags, "flag", true],
    [sources.env, "environment", false],
    [dotenv(sources.folder), ".env", true],
  ];
  const config = await configFile(sources, problems);
  if (config !== null) layers.push([config.values, config.name, true]);
  for (const [values, source, strict] of layers) {
    for (const name of settingNames) {
      const text = textOf(name, values, source, problems);
      if (text !== null && !found.has(name)) found.set(name, { text, source });
    }
    if (strict) reportUnknown(values, source, problems);
  }
  reportLookalikes(sources.env, found, problems);
  return found;
}

/** An empty value counts as unset. A secret may be the content of the file that NAME_FILE names. */
function textOf(
  name: SettingName,
  values: Record<string, string | undefined>,
  source: string,
  problems: string[],
): string | null {
  const direct = values[name]?.trim();
  const isSecret = "secret" in settings[name];
  const path = isSecret ? values[`${name}_FILE`]?.trim() : undefined;
  if (direct && path) problems.push(`${name} and ${name}_FILE are both set (${source}): set one of them.`);
  if (direct) return direct;
  if (!path) return null;
  try {
    const content = readFileSync(path, "utf8").trim();
    if (content === "") problems.push(`${name}_FILE names an empty file: ${path}`);
    return content;
  } catch (error) {
    problems.push(`${name}_FILE names a file that cannot be read: ${path} (${(error as NodeJS.ErrnoException).code})`);
    return null;
  }
}

function dotenv(folder: string): Record<string, string | undefined> {
  const path = join(folder, ".env");
  return existsSync(path) ? parseEnv(readFileSync(path, "utf8")) : {};
}

async function configFile(
  sources: Sources,
  problems: string[],
): Promise<{ values: Record<string, string>; name: string } | null> {
  const present = CONFIG_FILES.filter((file) => existsSync(join(sources.folder, file)));
  if (sources.file === undefined && present.length > 1) {
    problems.push(`There is more than one config file: ${present.join(", ")}. Keep one.`);
  }
  const name = sources.file ?? present[0];
  if (name === undefined) return null;
  const path = resolve(sources.folder, name);
  if (!existsSync(path)) {
    problems.push(`The config file is not there: ${name}`);
    return null;
  }
  try {
    const module = (await import(pathToFileURL(path).href)) as { default?: unknown };
    const content = module.default ?? {};
    if (typeof content !== "object" || content === null || Array.isArray(content))
      throw new Error("it holds no object");
    const entries = Object.entries(content as Record<string, unknown>);
    return { name, values: Object.fromEntries(entries.map(([key, value]) => [settingName(key), asText(value)])) };
  } catch (error) {
    problems.push(`The config file ${name} cannot be read: ${(error as Error).message}`);
    return null;
  }
}

/** `hostLeaseSeconds`, `host-lease-seconds` and `HOST_LEASE_SECONDS` are the same setting. */
export function settingName(key: string): string {
  return key
    .replace(/([a-z])([A-Z])/g, "$1_$2")
    .replaceAll("-", "_")
    .toUpperCase();
}

function asText(value: unknown): string {
  if (value === null || value === undefined) return "";
  if (Array.isArray(value)) return value.join(",");
  return typeof value === "string" ? value : JSON.stringify(value);
}

function reportUnknown(values: Record<string, unknown>, source: string, problems: string[]): void {
  for (const name of Object.keys(values)) {
    if (isSetting(name) || isSecretFile(name)) continue;
    const close = beginning(name) ?? closest(name, settingNames);
    problems.push(`Unknown setting ${name} (${source})${close === null ? "." : `: did you mean ${close}?`}`);
  }
}

function isSecretFile(name: string): boolean {
  const base = name.replace(/_FILE$/, "");
  return base !== name && isSetting(base) && "secret" in settings[base];
}

/**
 * The environment is full of other programs' variables, so only one that looks like a slip of a setting that was not
 * set is a complaint. Short names are too close to everybody's (HOME is no slip of HOST).
 */
function reportLookalikes(
  env: Readonly<Record<string, string | undefined>>,
  found: ReadonlyMap<SettingName, Sourced>,
  problems: string[],
): void {
  for (const name of Object.keys(env)) {
    if (isSetting(name) || isSecretFile(name)) continue;
    const base = name.replace(/_FILE$/, "");
    if (base !== name && isSetting(base)) {
      problems.push(`Unknown setting ${name} (environment): only a secret may come from a file, ${base} is none.`);
      continue;
    }
    if (name.length < 8) continue;
    const close = beginning(name) ?? closest(name, settingNames, 2);
    if (close !== null && !found.has(close)) {
      problems.push(`Unknown setting ${name} (environment): did you mean ${close}?`);
    }
  }
}

/** The setting of which `name` is the first words: TURN_TTL for TURN_TTL_SECONDS. */
function beginning(name: string): SettingName | null {
  if (!name.includes("_")) return null;
  return settingNames.find((setting) => setting.startsWith(`${name}_`)) ?? null;
}
