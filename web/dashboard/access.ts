import type { AdminError } from "../../src/faces/operator/wire.ts";

const KEY = "rendezvous-admin-token";

/** The token of this tab; gone when the tab is closed, and in no address. */
export const token = {
  get: (): string | null => sessionStorage.getItem(KEY),
  set: (value: string): void => sessionStorage.setItem(KEY, value),
  forget: (): void => sessionStorage.removeItem(KEY),
};

/** The server answered, and not with what was asked for. */
export class Refused extends Error {
  readonly status: number;
  readonly code: string;

  constructor(status: number, { error, message }: AdminError) {
    super(message);
    this.name = "Refused";
    this.status = status;
    this.code = error;
  }

  /** True if another token could do. */
  get isAboutToken(): boolean {
    return this.status === 401 || this.status === 403;
  }
}

/** @throws {Refused} and TypeError if the server cannot be reached */
export async function ask(
  path: string,
  { bearer = token.get(), ...init }: RequestInit & { readonly bearer?: string | null } = {},
): Promise<Response> {
  const headers = new Headers(init.headers);
  if (bearer !== null) headers.set("authorization", `Bearer ${bearer}`);
  const answer = await fetch(path, { ...init, headers, cache: "no-store" });
  if (!answer.ok) throw new Refused(answer.status, await errorOf(answer));
  return answer;
}

/** @throws what {@link ask} throws */
export async function askJson<Answer>(path: string, init: Parameters<typeof ask>[1] = {}): Promise<Answer> {
  return (await (await ask(path, init)).json()) as Answer;
}

/** A proxy in between may answer with anything. */
async function errorOf(answer: Response): Promise<AdminError> {
  const said = (await answer.json().catch(() => null)) as Partial<AdminError> | null;
  const message = said?.message ?? `The server answered ${answer.status} ${answer.statusText}`.trimEnd() + ".";
  return { error: said?.error ?? "unknown", message };
}

/** What went wrong, as a sentence for people. */
export function inWords(error: unknown): string {
  if (error instanceof Refused) return error.message;
  return "The server cannot be reached.";
}
