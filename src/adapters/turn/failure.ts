/** Why there was no answer that could be used. */
export type FailureKind =
  /** Nothing came back in time. */
  | "silent"
  /** The machine answered that nobody listens on this port. */
  | "refused"
  /** The network has no way to this address, or does not let us. */
  | "unreachable"
  /** The server hung up. */
  | "closed"
  /** Something answered, but not with STUN. */
  | "not-stun"
  /** The port is open but speaks no TLS. */
  | "not-tls"
  | CertificateFault
  /** TLS failed for another reason; see `detail`. */
  | "tls";

/** What is wrong with a certificate. */
export type CertificateFault =
  | "certificate-self-signed"
  | "certificate-untrusted"
  | "certificate-expired"
  | "certificate-not-yet-valid"
  | "certificate-wrong-name";

/** No usable answer. */
export class TurnFailure extends Error {
  readonly kind: FailureKind;
  /** The system's code or the library's words, for who wants to look closer. */
  readonly detail: string;

  constructor(kind: FailureKind, detail: string) {
    super(`${kind}: ${detail}`);
    this.name = "TurnFailure";
    this.kind = kind;
    this.detail = detail;
  }
}

const kindByCode: Readonly<Record<string, FailureKind>> = {
  ECONNREFUSED: "refused",
  ETIMEDOUT: "silent",
  ENETUNREACH: "unreachable",
  EHOSTUNREACH: "unreachable",
  EADDRNOTAVAIL: "unreachable",
  EACCES: "unreachable",
  EPERM: "unreachable",
  ECONNRESET: "closed",
  EPIPE: "closed",
  DEPTH_ZERO_SELF_SIGNED_CERT: "certificate-self-signed",
  SELF_SIGNED_CERT_IN_CHAIN: "certificate-untrusted",
  UNABLE_TO_GET_ISSUER_CERT: "certificate-untrusted",
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: "certificate-untrusted",
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: "certificate-untrusted",
  CERT_UNTRUSTED: "certificate-untrusted",
  CERT_HAS_EXPIRED: "certificate-expired",
  CERT_NOT_YET_VALID: "certificate-not-yet-valid",
  ERR_TLS_CERT_ALTNAME_INVALID: "certificate-wrong-name",
  ERR_SSL_WRONG_VERSION_NUMBER: "not-tls",
};

/** What a socket's error means. */
export function failureOf(error: Error, transport: "udp" | "tcp" | "tls"): TurnFailure {
  const code = (error as NodeJS.ErrnoException).code ?? "";
  const kind = kindByCode[code] ?? (transport === "tls" && /SSL|TLS|EPROTO|CERT/.test(code) ? "tls" : "unreachable");
  return new TurnFailure(kind, code || error.message);
}
