/**
 * The token to watch with, where the arena asks for one; null if none came. It stands behind the page's address
 * (`#access_token=…`), which no browser sends anywhere: it is in no log.
 */
export const token = new URLSearchParams(location.hash.slice(1)).get("access_token");

/** The address of another page of the arena, with the token behind it. */
export function withToken(address: string): string {
  return token === null ? address : `${address}#access_token=${encodeURIComponent(token)}`;
}

export const TOKEN_NEEDED =
  "This arena shows its matches to those with a good token only. Put yours behind the address: #access_token=…";
