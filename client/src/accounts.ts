import { Http, type CallOptions, type ClientOptions } from "./http.ts";
import type { Answer, Body, Contact, SignedIn } from "./types.ts";

/** What can be done about a contact. */
export type ContactAction = NonNullable<Body<"changeContact">["action"]>;

/**
 * Accounts, their tokens, and contacts. All but signing up, signing in and `resetPassword` need a token: that of the
 * options, or that of the account which has signed in here.
 *
 * @example
 * import { Accounts } from "rendezvous-client";
 *
 * const [ann, bob] = [new Accounts({ url: "http://127.0.0.1:8080" }), new Accounts({ url: "http://127.0.0.1:8080" })];
 * const [email, friend] = [`ann-${crypto.randomUUID()}@example.com`, `bob-${crypto.randomUUID()}@example.com`];
 * await ann.signUp({ email, password: "correct horse battery" });
 * await bob.signUp({ email: friend, password: "an even better one" });
 *
 * await ann.change(friend, "request");
 * await bob.change(email, "accept");
 * console.log(await ann.contacts());
 *
 * await ann.signIn({ email, password: "correct horse battery", name: "my laptop" });
 * const tokens = await ann.tokens();
 * await ann.revoke(tokens.find(({ current }) => !current)!.id);
 * await ann.revokeOthers();
 * await ann.changePassword({ current_password: "correct horse battery", password: "staple it together" });
 * await ann.resetPassword({ email, code: "from the operator", password: "some other one" }).catch(console.log);
 * await ann.deleteAccount("staple it together");
 * await bob.signOut();
 */
export class Accounts {
  readonly #http: Http;
  #token: string | null = null;

  constructor(options: ClientOptions = {}) {
    const provided = options.token;
    this.#http = new Http(options);
    this.#own = new Http({ ...options, token: () => this.#token ?? provided?.() ?? "" });
  }

  readonly #own: Http;

  /** Makes an account and signs it in. */
  signUp(account: Body<"signUp">, call?: CallOptions): Promise<SignedIn> {
    return this.#enter("/api/auth/signup", account, call);
  }

  /** Signs in: another token for the account. */
  signIn(account: Body<"signIn">, call?: CallOptions): Promise<SignedIn> {
    return this.#enter("/api/auth/login", account, call);
  }

  /** Revokes the token in use. */
  async signOut(): Promise<void> {
    await this.#own.text("POST", "/api/auth/logout", { once: true });
    this.#use(null);
  }

  /** All tokens of the account, newest first. */
  async tokens(): Promise<Answer<"listTokens">["tokens"]> {
    return (await this.#own.json<Answer<"listTokens">>("GET", "/api/auth/tokens")).tokens;
  }

  /** Revokes one token, which closes the sockets that came with it. */
  async revoke(tokenId: string): Promise<void> {
    await this.#own.text("DELETE", `/api/auth/tokens/${encodeURIComponent(tokenId)}`);
  }

  /** Revokes all tokens but the one in use. */
  revokeOthers(): Promise<Answer<"revokeOtherTokens">> {
    return this.#own.json("DELETE", "/api/auth/tokens");
  }

  /** Changes the password and revokes all other tokens. */
  changePassword(passwords: Body<"changePassword">): Promise<Answer<"changePassword">> {
    return this.#own.json("POST", "/api/auth/password", { body: passwords, once: true });
  }

  /** Sets a password by the code that an operator gave out. */
  async resetPassword(reset: Body<"resetPassword">): Promise<void> {
    await this.#http.text("POST", "/api/auth/reset", { body: reset, once: true });
  }

  /** Forgets the account and everything of it. */
  async deleteAccount(password?: string): Promise<void> {
    await this.#own.text("DELETE", "/api/auth/account", { body: { password } });
    this.#use(null);
  }

  /** Contacts, requests and blocks. */
  async contacts(call?: CallOptions): Promise<Contact[]> {
    return (await this.#own.json<Answer<"listContacts">>("GET", "/api/contacts", call)).contacts;
  }

  /** Asks, accepts, declines, removes, blocks or unblocks. */
  change(email: string, action: ContactAction, call?: CallOptions): Promise<Answer<"changeContact">> {
    return this.#own.json("POST", "/api/contacts", { body: { email, action }, ...call });
  }

  async #enter(path: string, body: unknown, call?: CallOptions): Promise<SignedIn> {
    const account = await this.#http.json<SignedIn>("POST", path, { body, once: true, ...call });
    this.#use(account.token);
    return account;
  }

  #use(token: string | null): void {
    this.#token = token;
    this.#own.tokens.forget();
  }
}
