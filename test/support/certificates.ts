import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Files of a certificate for the loopback that vouches for itself, and its key. */
export interface CertificateFiles {
  readonly cert: string;
  readonly key: string;
  /** The certificate itself, for clients that are to trust it. */
  readonly pem: string;
}

/** A folder for certificates; `remove` takes it away. */
export function certificateFolder(): { make(name: string, days?: number): CertificateFiles; remove(): void } {
  const folder = mkdtempSync(join(tmpdir(), "rendezvous-tls-"));
  return {
    make(name, days = 30) {
      const [cert, key] = [join(folder, `${name}.crt`), join(folder, `${name}.key`)];
      const made = Bun.spawnSync([
        ...["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-noenc"],
        ...["-keyout", key, "-out", cert, "-days", String(days), "-subj", `/CN=${name}`],
        ...["-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"],
      ]);
      if (!made.success) throw new Error(`openssl failed:\n${made.stderr.toString()}`);
      return { cert, key, pem: readFileSync(cert, "utf8") };
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}
