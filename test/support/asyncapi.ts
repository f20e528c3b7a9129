import Ajv from "ajv";
import addFormats from "ajv-formats";
import type { AsyncApiDocument, Message } from "../../src/transport/asyncapi/types.ts";
import { keysOf } from "./openapi.ts";

/** One message of a channel, with where it is described. */
export interface DescribedMessage {
  readonly channel: string;
  readonly key: string;
  readonly message: Message;
}

/** The messages of a channel that go one way. */
export function messagesOf(
  { channels, operations }: AsyncApiDocument,
  channel: string,
  action: "send" | "receive",
): readonly DescribedMessage[] {
  const { messages = [] } = operations[`${channel}_${action}`] ?? {};
  return messages.map(({ $ref }) => {
    const key = $ref.split("/").at(-1)!;
    return { channel, key, message: channels[channel]!.messages[key]! };
  });
}

/** Says what is wrong with a message by what is described; null if nothing is. */
export function messageChecker(document: AsyncApiDocument): (message: Message, value: unknown) => string | null {
  const ajv = new Ajv({ strict: false });
  addFormats(ajv);
  const compiled = new Map<Message, ReturnType<typeof ajv.compile>>();
  return (message, value) => {
    if (message.payload === undefined) return value === undefined || value === null ? null : "it carries nothing";
    const check = compiled.get(message) ?? ajv.compile({ ...message.payload.schema, components: document.components });
    compiled.set(message, check);
    return check(value) ? null : ajv.errorsText(check.errors);
  };
}

/** Notes what was sent and heard on a channel, and says what of it is not as described, or never came. */
export class Coverage {
  readonly #seen = new Set<string>();
  readonly #wrong: string[] = [];
  readonly #check: ReturnType<typeof messageChecker>;
  readonly #document: AsyncApiDocument;

  constructor(document: AsyncApiDocument) {
    this.#document = document;
    this.#check = messageChecker(document);
  }

  example(channel: string, name: string): any {
    const found = messagesOf(this.#document, channel, "receive").find(({ message }) => message.name === name)!;
    this.#seen.add(`${channel} ${found.key}`);
    return structuredClone(found.message.examples?.[0]?.payload);
  }

  /** @param name the event, where that is not part of the message */
  heard(channel: string, value: unknown, name?: string): void {
    const fits = messagesOf(this.#document, channel, "send").filter(
      ({ message }) => (name === undefined || message.name === name) && this.#check(message, value) === null,
    );
    const [one] = fits;
    if (fits.length !== 1) return void this.#wrong.push(`${channel}: ${fits.length} fit ${JSON.stringify(value)}`);
    this.#seen.add(`${channel} ${one!.key}`);
    const shown = one!.message.examples?.[0]?.payload;
    if (shown !== undefined && !hasAtLeast(keysOf(value), keysOf(shown))) {
      this.#wrong.push(`${channel} ${one!.key}: ${JSON.stringify(value)} lacks keys of its example`);
    }
  }

  /** Nothing, if all is well. */
  missing(channel: string): readonly string[] {
    const all = (["send", "receive"] as const).flatMap((action) => messagesOf(this.#document, channel, action));
    const never = all.map(({ key }) => `${channel} ${key}`).filter((one) => !this.#seen.has(one));
    return [...this.#wrong.filter((one) => one.startsWith(channel)), ...never];
  }
}

/** Lists may be empty where the example shows one. */
function hasAtLeast(came: unknown, shown: unknown): boolean {
  if (Array.isArray(shown)) return Array.isArray(came);
  if (typeof shown !== "object" || shown === null) return true;
  if (typeof came !== "object" || came === null) return false;
  return Object.keys(shown).every((key) => Object.hasOwn(came, key));
}
