/** A shared secret as a key for HS256; text counts as its UTF-8. */
export function secretKey(secret: string | Uint8Array<ArrayBuffer>, use: "sign" | "verify"): Promise<CryptoKey> {
  const bytes = typeof secret === "string" ? new TextEncoder().encode(secret) : secret;
  return crypto.subtle.importKey("raw", bytes, { name: "HMAC", hash: "SHA-256" }, false, [use]);
}
