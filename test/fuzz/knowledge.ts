import fc from "fast-check";

/** What a request can refer to. */
export type KnownName =
  | "host_id"
  | "zone_id"
  | "session_id"
  | "player_id"
  | "peer_id"
  | "queue_id"
  | "match_id"
  | "email"
  | "other_email"
  | "device"
  | "other_device"
  | "token"
  | "token_id"
  | "hostId"
  | "roomId"
  | "connect_code"
  | "agent_id"
  | "wallet_address"
  | "cursor"
  | "resumeToken";

/** Characters of the private area, which nothing else writes, around a name and a number. */
const OPEN = "\uE000";
const CLOSE = "\uE001";
const REFERENCE = /\uE000(\w+):(\d+)\uE001/g;

/** A text that {@link Knowledge.fill} replaces by something the server knows, if there is any. */
export function reference(name: KnownName): fc.Arbitrary<string> {
  // 0 is what belongs to the rest of the request; more is one of its kind that may belong to somebody else.
  return fc
    .oneof({ weight: 5, arbitrary: fc.constant(0) }, { weight: 2, arbitrary: fc.integer({ min: 1, max: 64 }) })
    .map((at) => `${OPEN}${name}:${at}${CLOSE}`);
}

type Known = Readonly<Record<string, string>>;

/** How many are remembered of each name, and how many are made up where nothing is known. */
const MOST = 64;
const MADE_UP = 12;

/** What others than the answers bring: names that the requests choose for themselves. */
const CHOSEN: Readonly<Record<string, (at: number) => string>> = {
  email: (at) => `user${at}@example.org`,
  other_email: (at) => `user${at}@example.org`,
  device: (at) => `device-${at % 3}`,
  other_device: (at) => `device-${at % 3}`,
  connect_code: (at) => `CODE#${at}`,
  wallet_address: (at) => `0x${"0".repeat(38)}${10 + at}`,
  agent_id: (at) => `${at}`,
};

/** Their answers do not say what these are called, or not by this name. */
const ALSO: Readonly<Record<string, string>> = { id: "token_id", peerId: "peer_id", signaling_id: "session_id" };

const NAMES = new Set<string>(
  (
    "host_id zone_id session_id player_id peer_id queue_id match_id email token token_id hostId roomId connect_code " +
    "agent_id wallet_address cursor resumeToken"
  ).split(" "),
);

/**
 * What the answers so far have told: ids, tokens, names, and which of them were told together. Requests are made before
 * anything is known, with references in them; this fills them in, so that later requests reach what earlier ones made.
 */
export class Knowledge {
  /** By name: the newest things told of it, each with what was told along with it. */
  readonly #told = new Map<string, Known[]>();

  /** A set of things that belong together; `at` chooses among those that have the name. */
  about(names: readonly string[], at: number): Known {
    for (const name of names) {
      const told = this.#told.get(name);
      if (told !== undefined && told.length > 0) return told[at % told.length]!;
    }
    return {};
  }

  /** The text with its references filled in; `write` puts each in the form that its place asks for. */
  fill(text: string, about: Known, at: number, write: (value: string) => string): string {
    if (!text.includes(OPEN)) return text;
    return text.replace(REFERENCE, (_, name: string, number: string) =>
      write(this.#one(name, Number(number), about, at)),
    );
  }

  learn(told: Record<string, unknown>, about: Known): void {
    const fresh: Record<string, string> = {};
    for (const [key, value] of Object.entries(told)) {
      const name = Object.hasOwn(ALSO, key) ? ALSO[key]! : key;
      if (!NAMES.has(name) || (typeof value !== "string" && typeof value !== "number")) continue;
      if (`${value}`.length > 0 && `${value}`.length <= 256) fresh[name] = `${value}`;
    }
    const all = { ...about, ...fresh };
    for (const name of Object.keys(fresh)) {
      const before = (this.#told.get(name) ?? []).filter((one) => one[name] !== fresh[name]);
      this.#told.set(name, [...before, all].slice(-MOST));
    }
  }

  #one(name: string, number: number, about: Known, at: number): string {
    if (number === 0 && about[name] !== undefined) return about[name];
    const told = this.#told.get(name);
    // Every now and then something new, or nothing else would ever be made.
    const isNew = (number + at) % 5 === 0;
    if (told !== undefined && !isNew) return told[(number + at) % told.length]![name]!;
    const chosen = (number + at) % MADE_UP;
    return CHOSEN[name]?.(chosen) ?? `${name}-${chosen}`;
  }
}

/** The names that a text refers to, first come first. */
export function namesIn(...texts: readonly string[]): readonly string[] {
  return texts.flatMap((text) => [...text.matchAll(REFERENCE)].map((found) => found[1]!));
}
