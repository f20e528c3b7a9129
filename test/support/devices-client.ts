import { call, type Answer } from "./http.ts";

/** Speaks to one server as somebody who may be signed in. Paths begin behind `/api`. */
export interface DevicesClient {
  readonly email: string;
  token: string;
  tokenId: string;
  get(path: string): Promise<Answer>;
  post(path: string, body?: unknown): Promise<Answer>;
  delete(path: string, body?: unknown): Promise<Answer>;
  /** What others are to it, by address. */
  contacts(): Promise<Readonly<Record<string, string>>>;
}

export const PASSWORD = "correct horse battery";

let names = 0;

/** An address that nobody else has. */
export function anEmail(): string {
  return `user-${process.pid}-${names++}@example.com`;
}

export function stranger(url: () => string, email = anEmail()): DevicesClient {
  const headers = (): Record<string, string> =>
    client.token === "" ? {} : { authorization: `Bearer ${client.token}` };
  const client: DevicesClient = {
    email,
    token: "",
    tokenId: "",
    get: (path) => call("GET", `${url()}/api${path}`, undefined, headers()),
    post: (path, body) => call("POST", `${url()}/api${path}`, body, headers()),
    delete: (path, body) => call("DELETE", `${url()}/api${path}`, body, headers()),
    async contacts() {
      const { body } = await client.get("/contacts");
      return Object.fromEntries(body.contacts.map(({ email, status }: any) => [email, status]));
    },
  };
  return client;
}

/** Somebody who has just signed up. */
export async function member(url: () => string, email = anEmail()): Promise<DevicesClient> {
  const client = stranger(url, email);
  const { status, body } = await client.post("/auth/signup", { email, password: PASSWORD });
  if (status !== 201) throw new Error(`${status}: ${JSON.stringify(body)}`);
  [client.token, client.tokenId] = [body.token, body.token_id];
  return client;
}
