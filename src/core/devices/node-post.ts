import type { ContactNews } from "../accounts/directory.ts";
import type { Courier } from "../cluster/courier.ts";
import type { DeviceNews, Letter, Target } from "./device.ts";

/** What one node asks of another, and in whose order. */
const TOPIC = "devices";

/** How many pieces of news go in one question. */
const PAGE = 500;

/** What a node does when another one asks. */
export interface NodePostOffice {
  /** Hands texts to a device here, in order. How many of them were handed over before one was not. */
  deliver(from: string, to: Target, texts: readonly string[], letter: Letter | null): number;
  /** A message of the device with this socket, which had been handed over, did not get there. */
  lost(socket: string, to: Target): void;
  /** Tells whoever is here. `again`: only those who were told that it had left. */
  tell(news: readonly DeviceNews[], again: boolean): void;
  /** Contacts have changed: that counts when this returns. */
  contacts(news: ContactNews): void;
  /** A newer socket has taken the device of this one over. */
  replaced(socket: string): void;
}

type Question =
  | {
      readonly do: "deliver";
      readonly from: string;
      readonly to: Target;
      readonly lengths: readonly number[];
      /** The sender's node and socket; older nodes say neither. */
      readonly by?: readonly [node: string, socket: string];
    }
  | { readonly do: "lost"; readonly socket: string; readonly to: Target }
  | { readonly do: "tell"; readonly news: readonly DeviceNews[]; readonly again: boolean }
  | { readonly do: "contacts"; readonly news: ContactNews }
  | { readonly do: "replaced"; readonly socket: string };

/** Devices' questions between nodes: a line of JSON that says what to do, and below it messages just as they are. */
export class NodePost {
  readonly #courier: Courier;

  constructor(courier: Courier) {
    this.#courier = courier;
  }

  serve(office: NodePostOffice): void {
    this.#courier.serve(TOPIC, (body) => `${this.#answer(office, body)}`);
  }

  /**
   * How many texts were handed over, counted from the first.
   *
   * @throws {NodeUnreachable}
   * @throws {StoreUnavailable}
   */
  async deliver(
    node: string,
    mail: { readonly from: string; readonly to: Target; readonly texts: readonly string[]; readonly by: string },
    withinMs: number,
  ): Promise<number> {
    const { from, to, texts } = mail;
    const by = [this.#courier.node, mail.by] as const;
    const question: Question = { do: "deliver", from, to, lengths: texts.map(({ length }) => length), by };
    return Number(await this.#courier.ask(node, TOPIC, `${JSON.stringify(question)}\n${texts.join("")}`, withinMs));
  }

  /** @throws as {@link deliver} */
  async tell(node: string, news: readonly DeviceNews[], again = false): Promise<void> {
    for (let at = 0; at < news.length; at += PAGE) {
      await this.#say(node, { do: "tell", news: news.slice(at, at + PAGE), again });
    }
  }

  /**
   * Resolves once the change counts there.
   *
   * @throws as {@link deliver}
   */
  async contacts(node: string, news: ContactNews, withinMs: number): Promise<void> {
    await this.#say(node, { do: "contacts", news }, withinMs);
  }

  /** @throws as {@link deliver} */
  async replaced(node: string, socket: string): Promise<void> {
    await this.#say(node, { do: "replaced", socket });
  }

  async #say(node: string, question: Question, withinMs?: number): Promise<void> {
    await this.#courier.ask(node, TOPIC, `${JSON.stringify(question)}\n`, withinMs);
  }

  #answer(office: NodePostOffice, body: string): number {
    const end = body.indexOf("\n");
    const question = JSON.parse(body.slice(0, end)) as Question;
    switch (question.do) {
      case "deliver": {
        const { from, to, lengths, by } = question;
        let at = end + 1;
        const texts = lengths.map((length) => body.slice(at, (at += length)));
        return office.deliver(from, to, texts, by === undefined ? null : { lost: () => this.#lost(by, to) });
      }
      case "lost":
        office.lost(question.socket, question.to);
        return 1;
      case "tell":
        office.tell(question.news, question.again);
        return question.news.length;
      case "contacts":
        office.contacts(question.news);
        return 1;
      case "replaced":
        office.replaced(question.socket);
        return 1;
    }
  }

  #lost([node, socket]: readonly [node: string, socket: string], to: Target): void {
    // A node that does not answer has no sockets that could be told.
    this.#say(node, { do: "lost", socket, to }).catch(() => undefined);
  }
}
