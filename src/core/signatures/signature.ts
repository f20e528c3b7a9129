/** The order of the curve secp256k1 (SEC 2, 2.4.1). */
const CURVE_ORDER = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n;

/** An address in lower case with 0x, or null if the text is none. */
export function addressOf(text: string): string | null {
  const [, digits] = /^(?:0x)?([0-9a-f]{40})$/i.exec(text) ?? [];
  return digits === undefined ? null : `0x${digits.toLowerCase()}`;
}

/**
 * What tells wallets apart, however they are written: an address as {@link addressOf} has it, any other text in lower
 * case. Null if the text names none.
 */
export function walletName(text: string): string | null {
  const name = text.trim();
  return addressOf(name) ?? (name === "" ? null : name.toLowerCase());
}

/** A signature in lower case with 0x, or why no contract would take it: half a sentence. */
export function readSignature(text: string): { readonly signature: string } | { readonly fault: string } {
  if (hasCapitalPrefix(text)) return { fault: "its prefix is 0X, not 0x" };
  const [, digits] = /^(?:0x)?([0-9a-f]*)$/i.exec(text) ?? [];
  if (digits === undefined) return { fault: "it is not hexadecimal" };
  if (digits.length !== 130) return { fault: `it has ${digits.length / 2} bytes, not 65` };
  const [r, s] = [BigInt(`0x${digits.slice(0, 64)}`), BigInt(`0x${digits.slice(64, 128)}`)];
  const v = Number.parseInt(digits.slice(128), 16);
  if (v !== 27 && v !== 28) return { fault: `its v is ${v}, neither 27 nor 28` };
  if (r === 0n || r >= CURVE_ORDER || s === 0n || s >= CURVE_ORDER) return { fault: "its r or s is out of range" };
  // Of two signatures that say the same, contracts take the one with the lower s (EIP-2).
  if (s > CURVE_ORDER / 2n) return { fault: "its s is in the upper half (EIP-2)" };
  return { signature: `0x${digits.toLowerCase()}` };
}

/** True if hexadecimal begins as hardly any library reads it. Players hand on what others signed just as it came. */
export function hasCapitalPrefix(text: string): boolean {
  return text.startsWith("0X");
}
