// The accounts and contacts of the devices face, over HTTP.

export interface SignedIn {
  readonly email: string;
  readonly token: string;
}

export type ContactStatus = "accepted" | "incoming" | "outgoing" | "blocked";

export interface Contact {
  readonly email: string;
  readonly status: ContactStatus;
}

export type ContactAction = "request" | "accept" | "decline" | "remove" | "block" | "unblock";

export function signUp(email: string, password: string): Promise<SignedIn> {
  return call<SignedIn>("POST", "/api/auth/signup", { body: { email, password } });
}

export function signIn(email: string, password: string): Promise<SignedIn> {
  return call<SignedIn>("POST", "/api/auth/login", { body: { email, password, name: "Demo page" } });
}

export async function signOut(token: string): Promise<void> {
  await call("POST", "/api/auth/logout", { token });
}

export async function contactsOf(token: string): Promise<readonly Contact[]> {
  const { contacts } = await call<{ contacts: Contact[] }>("GET", "/api/contacts", { token });
  return contacts;
}

export async function changeContact(token: string, email: string, action: ContactAction): Promise<void> {
  await call("POST", "/api/contacts", { token, body: { email, action } });
}

/** @throws {Error} with the server's own sentence */
async function call<Answer>(
  method: string,
  path: string,
  { token, body }: { readonly token?: string; readonly body?: unknown },
): Promise<Answer> {
  const response = await fetch(path, {
    method,
    headers: {
      "content-type": "application/json",
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const answer = (await response.json().catch(() => ({}))) as Answer & { readonly error?: string };
  if (!response.ok) throw new Error(answer.error ?? `${method} ${path} answers ${response.status}`);
  return answer;
}
