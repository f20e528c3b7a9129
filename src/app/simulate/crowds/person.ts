import { Refusal, type Client } from "../client.ts";
import { insist } from "../insist.ts";
import { personName, plain } from "../names.ts";
import { takeAway, type Scene } from "../scene.ts";
import { Dice } from "../game/dice.ts";

/** Made-up people live here; nobody else can: the domain is reserved. */
export const DOMAIN = "simulated.example";

/** Somebody with an account, contacts and devices. */
export class Person {
  readonly email: string;
  readonly name: string;
  readonly contacts = new Set<Person>();
  readonly dice: Dice;
  readonly #scene: Scene;
  /** Null: it has none, but comes with somebody else's token. */
  #password: string | null = null;
  #token = "";
  readonly #client: Client;
  #hasAccount = false;

  constructor(scene: Scene, number: number) {
    this.dice = new Dice(`${scene.run} person ${number}`);
    const { first, last } = personName(this.dice);
    this.name = `${first} ${last}`;
    this.email = `${plain(first)}.${plain(last)}.${scene.run}-${number}@${DOMAIN}`;
    this.#scene = scene;
    this.#client = scene.client.as(() => Promise.resolve(this.#token));
  }

  get token(): string {
    return this.#token;
  }

  /** @throws {Refusal} who may sign up is somebody else's decision */
  async enroll(): Promise<void> {
    const { tokens } = this.#scene;
    const { email } = this;
    // With the server's secret they come as from an identity provider; otherwise they sign up.
    if (tokens.kind === "own") this.#token = (await tokens.of({ sub: email, scope: "client", email })()) ?? "";
    if (this.#token === "" || !(await this.#isKnown())) await this.#signUp();
    this.#hasAccount = true;
  }

  /** A server without that secret takes these tokens for nothing. */
  async #isKnown(): Promise<boolean> {
    try {
      await insist(() => this.#client.get("/api/contacts"), this.#scene.signal);
      return true;
    } catch (error) {
      if (error instanceof Refusal && error.status === 401) return false;
      throw error;
    }
  }

  async #signUp(): Promise<void> {
    const { client, signal } = this.#scene;
    const password = (this.#password = crypto.randomUUID());
    const proof = { email: this.email, password, name: "simulation" };
    let path = "/api/auth/signup";
    const made = await insist(async () => {
      try {
        return await client.post<{ readonly token: string }>(path, proof);
      } catch (error) {
        // The answer to the try before was lost.
        if (!(error instanceof Refusal) || error.status !== 409) throw error;
        path = "/api/auth/login";
        return client.post<{ readonly token: string }>(path, proof);
      }
    }, signal);
    this.#token = made.token;
  }

  async befriend(other: Person): Promise<void> {
    if (other === this || this.contacts.has(other)) return;
    const { signal } = this.#scene;
    const say = (by: Person, whom: Person, action: string): Promise<unknown> =>
      insist(() => by.#client.post("/api/contacts", { email: whom.email, action }), signal);
    await say(this, other, "request");
    await say(other, this, "accept");
    this.contacts.add(other);
    other.contacts.add(this);
  }

  /** Forgets the account, with everything that hangs on it. */
  async forget(): Promise<void> {
    if (!this.#hasAccount) return;
    this.#hasAccount = false;
    const proof = this.#password === null ? {} : { password: this.#password };
    await takeAway(this.#scene, () => this.#client.delete("/api/auth/account", proof));
  }
}
