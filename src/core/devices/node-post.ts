import type { Courier } from "../cluster/courier.ts";
import type { DeviceNews, Target } from "./device.ts";

/** What one node asks of another, and in whose order. */
const TOPIC = "devices";

/** How many pieces of news go in one question. */
const PAGE = 500;

/** What a node does when another one asks. */
export interface NodePostOffice {
  /** Hands texts to a device here, in order. How many of them were handed over before one was not. */
  deliver(from: string, to: Target, texts: readonly string[]): number;
  /** Tells whoever is here. `again`: only those who were told that it had left. */
  tell(news: readonly DeviceNews[], again: boolean): void;
  /** A newer socket has taken the device of this one over. */
  replaced(socket: string): void;
}

type Question =
  | { readonly do: "deliver"; readonly from: string; readonly to: Target; readonly lengths: readonly number[] }
  | { readonly do: "tell"; readonly news: readonly DeviceNews[]; readonly again: boolean }
  | { readonly do: "replaced"; readonly socket: string };

/** Devices' questions between nodes: a line of JSON that says what to do, and below it messages just as they are. */
export class NodePost {
  readonly #courier: Courier;

  constructor(courier: Courier) {
    this.#courier = courier;
  }

  serve(office: NodePostOffice): void {
    this.#courier.serve(TOPIC, (body) => `${answer(office, body)}`);
  }

  /**
   * How many texts were handed over, counted from the first.
   *
   * @throws {NodeUnreachable}
   * @throws {StoreUnavailable}
   */
  async deliver(
    node: string,
    mail: { readonly from: string; readonly to: Target; readonly texts: readonly string[] },
    withinMs: number,
  ): Promise<number> {
    const { from, to, texts } = mail;
    const question: Question = { do: "deliver", from, to, lengths: texts.map(({ length }) => length) };
    return Number(await this.#courier.ask(node, TOPIC, `${JSON.stringify(question)}\n${texts.join("")}`, withinMs));
  }

  /** @throws as {@link deliver} */
  async tell(node: string, news: readonly DeviceNews[], again = false): Promise<void> {
    for (let at = 0; at < news.length; at += PAGE) {
      await this.#say(node, { do: "tell", news: news.slice(at, at + PAGE), again });
    }
  }

  /** @throws as {@link deliver} */
  async replaced(node: string, socket: string): Promise<void> {
    await this.#say(node, { do: "replaced", socket });
  }

  async #say(node: string, question: Question): Promise<void> {
    await this.#courier.ask(node, TOPIC, `${JSON.stringify(question)}\n`);
  }
}

function answer(office: NodePostOffice, body: string): number {
  const end = body.indexOf("\n");
  const question = JSON.parse(body.slice(0, end)) as Question;
  switch (question.do) {
    case "deliver": {
      let at = end + 1;
      const texts = question.lengths.map((length) => body.slice(at, (at += length)));
      return office.deliver(question.from, question.to, texts);
    }
    case "tell":
      office.tell(question.news, question.again);
      return question.news.length;
    case "replaced":
      office.replaced(question.socket);
      return 1;
  }
}
