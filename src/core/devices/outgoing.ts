import { addressOf, type DeviceLink, type Letter, type LocalDevice, type Target } from "./device.ts";
import { Lanes, type Roads } from "./lanes.ts";

/** The ways that messages take. */
export interface Ways {
  readonly roads: Roads;
  /** Hands a text over at once if the target is on this node; null if it is not, or not for this sender. */
  direct(from: string, to: Target, text: string, letter: Letter): boolean | null;
}

/** A target as a sender wrote it. As a letter, it tells the sender of a message that was lost on its way there. */
class Asked implements Target, Letter {
  readonly email: string;
  readonly device: string;
  /** With its address in the form in which addresses are compared. */
  readonly target: Target;
  readonly #lost: (asked: Target) => void;

  constructor(email: string, device: string, lost: (asked: Target) => void) {
    this.email = email;
    this.device = device;
    this.target = { email: addressOf(email), device };
    this.#lost = lost;
  }

  lost(): void {
    this.#lost(this);
  }
}

/** What a device sends: handed over at once where its target is on this node, and in its turn where it is not. */
export class Outgoing {
  readonly #ways: Ways;
  readonly #sender: LocalDevice;
  readonly #link: DeviceLink;
  #lanes: Lanes | null = null;
  /** Whom it last wrote to: most messages go where the last one went. */
  #last: Asked | null = null;
  /** A message that had been handed over did not get there. */
  readonly #lost = (asked: Target): void => {
    this.#ways.roads.count("not_found", 1);
    this.#link.refused(asked, "not_found");
  };

  constructor(ways: Ways, sender: LocalDevice, link: DeviceLink) {
    this.#ways = ways;
    this.#sender = sender;
    this.#link = link;
  }

  /** Hands a message over, or says that it could not. False if too much waits already. */
  send(email: string, device: string, text: string): boolean {
    const last = this.#last;
    const asked =
      last !== null && last.device === device && last.email === email
        ? last
        : (this.#last = new Asked(email, device, this.#lost));
    const { target } = asked;
    if (this.#lanes?.isBusy(target) !== true) {
      const handed = this.#ways.direct(this.#sender.email, target, text, asked);
      if (handed === false) this.#link.refused(asked, "not_found");
      if (handed !== null) return true;
    }
    // Only who writes to other nodes needs them.
    this.#lanes ??= new Lanes(this.#ways.roads, this.#sender, (to, why) => this.#link.refused(to, why));
    return this.#lanes.push(target, asked, text);
  }
}
