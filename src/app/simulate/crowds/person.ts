import type { Client } from "../client.ts";
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
  readonly #password: string | null;
  #token = "";
  #client: Client;
  #hasAccount = false;

  constructor(scene: Scene, number: number) {
    this.dice = new Dice(`${scene.run} person ${number}`);
    const { first, last } = personName(this.dice);
    this.name = `${first} ${last}`;
    this.email = `${plain(first)}.${plain(last)}.${scene.run}-${number}@${DOMAIN}`;
    this.#scene = scene;
    // With the server's secret they come as from an identity provider; otherwise they sign up.
    this.#password = scene.tokens.kind === "own" ? null : crypto.randomUUID();
    this.#client = scene.client.as(() => Promise.resolve(this.#token));
  }

  get token(): string {
    return this.#token;
  }

  /** @throws {Refusal} who may sign up is somebody else's decision */
  async enroll(): Promise<void> {
    const { client, tokens, signal } = this.#scene;
    const { email } = this;
    if (this.#password === null) {
      this.#token = (await tokens.of({ sub: email, scope: "client", email })()) ?? "";
    } else {
      const wish = { email, password: this.#password, name: "simulation" };
      const made = await insist(() => client.post<{ readonly token: string }>("/api/auth/signup", wish), signal);
      this.#token = made.token;
    }
    this.#hasAccount = true;
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
