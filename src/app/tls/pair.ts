import { createPrivateKey, X509Certificate, type KeyObject } from "node:crypto";
import { readFileSync } from "node:fs";
import { createSecureContext } from "node:tls";

/** The files that TLS_CERT and TLS_KEY name. */
export interface TlsFiles {
  readonly cert: string;
  readonly key: string;
}

/** A certificate chain and its key, both PEM, that were seen to belong together. */
export interface TlsPair {
  readonly cert: string;
  readonly key: string;
}

/** Why a pair cannot be served with; the message is a complete sentence and shows nothing of the key. */
export class BadTlsPair extends Error {}

/** @throws {BadTlsPair} for a file that is missing or no PEM, and for a key that is not the certificate's */
export function readTlsPair(files: TlsFiles): TlsPair {
  const cert = read("TLS_CERT", files.cert);
  const key = read("TLS_KEY", files.key);
  const certificate = parsed(cert, files);
  if (!certificate.checkPrivateKey(privateKey(key, files))) {
    throw new BadTlsPair(`TLS_KEY (${files.key}) is not the key of the certificate in TLS_CERT (${files.cert}).`);
  }
  try {
    // What the runtime would stumble over: a broken certificate further down the chain, a key too weak.
    createSecureContext({ cert, key });
  } catch (error) {
    throw new BadTlsPair(`TLS_CERT and TLS_KEY cannot be served with: ${(error as Error).message}.`);
  }
  return { cert, key };
}

/** When the certificate ends, in ms since the epoch. */
export function endOf({ cert }: TlsPair): number {
  return Date.parse(new X509Certificate(cert).validTo);
}

function read(name: string, path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    throw new BadTlsPair(
      `${name} names a file that cannot be read: ${path} (${(error as NodeJS.ErrnoException).code}).`,
    );
  }
}

function parsed(cert: string, files: TlsFiles): X509Certificate {
  try {
    return new X509Certificate(cert);
  } catch {
    throw new BadTlsPair(`TLS_CERT must name a file with a certificate (PEM), which ${files.cert} does not hold.`);
  }
}

function privateKey(key: string, files: TlsFiles): KeyObject {
  try {
    return createPrivateKey(key);
  } catch {
    const why = key.includes("ENCRYPTED") ? "holds only with a passphrase" : "does not hold";
    throw new BadTlsPair(`TLS_KEY must name a file with a private key (PEM) as it is, which ${files.key} ${why}.`);
  }
}
