/** A server that REDIS_URL names. */
export interface Seed {
  /** As it was given. */
  readonly url: string;
  readonly host: string;
  readonly port: number;
}

export interface Login {
  readonly username?: string;
  readonly password?: string;
  readonly tls?: Record<string, never>;
}

/** What REDIS_URL says: one server, or several of a cluster, and how to log in. */
export interface RedisAddress {
  readonly seeds: readonly Seed[];
  /** For servers that the cluster names without saying how to log in. */
  readonly login: Login;
}

/** The URLs of a list. A comma within a password separates nothing. */
export function splitUrls(list: string): readonly string[] {
  return list.split(/,(?=\s*rediss?:\/\/)/).map((url) => url.trim());
}

export function readAddress(list: string): RedisAddress {
  const urls = splitUrls(list).map((text) => ({ text, url: new URL(text) }));
  const { url } = urls.find((one) => one.url.password !== "") ?? urls[0]!;
  return {
    seeds: urls.map((one) => ({
      url: one.text,
      host: one.url.hostname.replace(/^\[|\]$/g, ""),
      port: Number(one.url.port || 6379),
    })),
    login: {
      ...(url.username === "" ? {} : { username: decodeURIComponent(url.username) }),
      ...(url.password === "" ? {} : { password: decodeURIComponent(url.password) }),
      ...(url.protocol === "rediss:" ? { tls: {} } : {}),
    },
  };
}
