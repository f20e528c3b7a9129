import { addressOf, type DeviceLink, type Target } from "./device.ts";
import { Lanes, type Roads } from "./lanes.ts";

/** The ways that messages take. */
export interface Ways {
  readonly roads: Roads;
  /** Hands a text over at once if the target is on this node; null if it is not, or not for this sender. */
  direct(from: string, to: Target, text: string): boolean | null;
}

/** What a device sends: handed over at once where its target is on this node, and in its turn where it is not. */
export class Outgoing {
  readonly #ways: Ways;
  readonly #sender: string;
  readonly #link: DeviceLink;
  #lanes: Lanes | null = null;
  /** Whom it last wrote to, as it was written and as addresses are compared: most messages go where the last one went. */
  #lastWritten = "";
  #lastAddress = "";

  constructor(ways: Ways, sender: string, link: DeviceLink) {
    this.#ways = ways;
    this.#sender = sender;
    this.#link = link;
  }

  /** Hands a message over, or says that it could not. False if too much waits already. */
  send(asked: Target, text: string): boolean {
    const target = { email: this.#addressOf(asked.email), device: asked.device };
    if (this.#lanes?.isBusy(target) !== true) {
      const handed = this.#ways.direct(this.#sender, target, text);
      if (handed === false) this.#link.refused(asked, "not_found");
      if (handed !== null) return true;
    }
    // Only who writes to other nodes needs them.
    this.#lanes ??= new Lanes(this.#ways.roads, this.#sender, (to, why) => this.#link.refused(to, why));
    return this.#lanes.push(target, asked, text);
  }

  #addressOf(written: string): string {
    if (written !== this.#lastWritten) {
      this.#lastWritten = written;
      this.#lastAddress = addressOf(written);
    }
    return this.#lastAddress;
  }
}
