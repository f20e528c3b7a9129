/** The only source of chance, so that tests can repeat a run. */
export interface Random {
  /** A version 4 UUID. */
  uuid(): string;
  /** An unguessable string of `bytes` random bytes in base64url; 24 bytes unless told. */
  token(bytes?: number): string;
  /** A uniform number in [0, 1). */
  unit(): number;
}
