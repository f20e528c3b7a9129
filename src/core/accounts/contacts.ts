import type { Clock } from "../../ports/clock.ts";
import type { Actor, Contact, ContactRecords } from "../../ports/contact-records.ts";
import { DomainError } from "../errors/errors.ts";
import { contactSteps, type ContactAction } from "./contact-steps.ts";
import type { AccountNewsFeed } from "./news.ts";

/** Who knows whom. */
export class Contacts {
  readonly #records: ContactRecords;
  readonly #news: AccountNewsFeed;
  readonly #clock: Clock;

  constructor(deps: { readonly records: ContactRecords; readonly news: AccountNewsFeed; readonly clock: Clock }) {
    this.#records = deps.records;
    this.#news = deps.news;
    this.#clock = deps.clock;
  }

  /** Contacts, requests of both directions and blocked ones, by address. */
  list(email: string): Promise<readonly Contact[]> {
    return this.#records.list(email);
  }

  /**
   * What the other one is to the actor now; null: nothing. An address without an account is answered like any other.
   * Who becomes a contact, or is none any more, counts as that by the time this resolves: on this node, and on the
   * others that have a device of either and answer in time.
   *
   * @throws {DomainError} own_address, contact_not_found, contact_blocked, contacts_full, invalid_token
   */
  async act(actor: Actor, action: ContactAction, other: string): Promise<Contact | null> {
    if (other === actor.email) throw new DomainError("own_address");
    const done = await this.#records.step(actor, other, contactSteps[action], this.#clock.now());
    if (done === null) throw new DomainError("invalid_token", "Invalid or expired token");
    const { before, after, contact, order } = done;
    const are = after.mine === "accepted";
    if ((before.mine === "accepted") !== are) {
      const change = { who: actor.email, are, order };
      await this.#news.spread({ type: "contacts", emails: [actor.email, other], change });
    }
    return contact;
  }
}
