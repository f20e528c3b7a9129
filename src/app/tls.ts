import type { Config } from "./config/settings.ts";
import { ConfigError } from "./config/load.ts";
import { BadTlsPair, readTlsPair, type TlsFiles, type TlsPair } from "./tls/pair.ts";

/** The server's own TLS: its files and what they hold. */
export interface OwnTls {
  readonly files: TlsFiles;
  readonly pair: TlsPair;
}

/**
 * Null without TLS_CERT and TLS_KEY.
 *
 * @throws {ConfigError} if they name no pair that can be served with
 */
export function ownTls({ TLS_CERT: cert, TLS_KEY: key }: Config): OwnTls | null {
  if (cert === null || key === null) return null;
  try {
    const files = { cert, key };
    return { files, pair: readTlsPair(files) };
  } catch (error) {
    if (error instanceof BadTlsPair) throw new ConfigError([error.message]);
    throw error;
  }
}
