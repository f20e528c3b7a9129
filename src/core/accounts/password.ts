export const MIN_PASSWORD = 8;
/** A bound, for what is sent; no password that a person keeps is as long. */
export const MAX_PASSWORD = 1024;

/** A password in the form that is hashed: the same letters give the same bytes, however a keyboard makes them. */
export function normalPassword(password: string): string {
  return password.normalize("NFC");
}

/** What is wrong with a new password, in words that go behind a name; null if nothing is. */
export function passwordProblem(password: string): string | null {
  if (!password.isWellFormed()) return "must be valid Unicode";
  if (password.length > 2 * MAX_PASSWORD) return TOO_LONG;
  const characters = Array.from(normalPassword(password)).length;
  if (characters < MIN_PASSWORD) return `must be at least ${MIN_PASSWORD} characters`;
  return characters > MAX_PASSWORD ? TOO_LONG : null;
}

const TOO_LONG = `must be at most ${MAX_PASSWORD} characters`;
