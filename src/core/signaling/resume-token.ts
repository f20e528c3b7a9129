/** What `random.token` makes. */
const SECRET = /^[\w-]{1,64}$/;

/** How many seats back a token tells of. */
const MOST_FORMER = 3;

/**
 * What a peer comes back with: the secret of its seat, and of the seats it had in the room before that one and could not
 * be brought back to, newest first. A node that cannot reach the others seats a peer anew; the seat it had with them is
 * kept for it meanwhile. When the room is one again, the token shows that the two are the same peer.
 */
export interface ResumeToken {
  readonly secret: string;
  readonly former: readonly string[];
}

/** Of whatever a stranger sends, what may be a secret. */
export function readResumeToken(text: string): ResumeToken {
  const [secret = "", ...former] = text.split(".", MOST_FORMER + 1).filter((part) => SECRET.test(part));
  return { secret, former };
}

/** The token of a seat taken by a peer that came with `before`, which was of no use. */
export function writeResumeToken(secret: string, before: string | undefined): string {
  if (before === undefined) return secret;
  const { secret: last, former } = readResumeToken(before);
  return [secret, ...(last === "" ? [] : [last]), ...former].slice(0, MOST_FORMER + 1).join(".");
}
