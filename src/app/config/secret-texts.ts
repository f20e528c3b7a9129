import { settingNames, settings, type Config } from "./settings.ts";

/** Shorter ones would be found in the middle of other words. */
const SHORTEST = 8;

/**
 * Every text in the settings that opens a door: secrets as they are, and of URLs the password, and the path and query,
 * where endpoints put their keys.
 */
export function secretTexts(config: Config): readonly string[] {
  const texts = settingNames.flatMap((name) => {
    const value = config[name];
    if (!("secret" in settings[name])) return [];
    if (typeof value === "string") return partsOf(value);
    return typeof value === "object" && value !== null ? Object.values(value).map(String) : [];
  });
  // The longest first, so that none is blanked in the middle of another.
  return [...new Set(texts)].filter(({ length }) => length >= SHORTEST).sort((one, other) => other.length - one.length);
}

function partsOf(secret: string): readonly string[] {
  if (!secret.includes("://")) return [secret, secret.replace(/^0x/, "")];
  return secret.split(",").flatMap((one) => {
    const url = URL.canParse(one.trim()) ? new URL(one.trim()) : null;
    if (url === null) return [one];
    const path = url.protocol.startsWith("http") ? [url.pathname.slice(1), ...url.searchParams.values()] : [];
    return [url.password, decoded(url.password), ...path];
  });
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
