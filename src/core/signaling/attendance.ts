import type { NewPresence, Presence, Presences, Restored } from "../../ports/presences.ts";
import { NodeUnreachable, type Courier } from "../cluster/courier.ts";
import type { Membership } from "../cluster/membership.ts";
import { atOnce } from "../flow/at-once.ts";

/** What nodes tell each other of those who listen. `here`: by this connection, and by no older one any more. */
interface News {
  readonly is: "here" | "gone";
  readonly presence: Presence;
}

const TOPIC = "signaling.audience";

/** How long a listener is taken to be there without being said again, in ms. */
const PRESENCE_MS = 60_000;

export interface AttendanceDeps {
  readonly presences: Presences;
  readonly courier: Courier;
  readonly membership: Pick<Membership, "onDeath" | "onReturn" | "isDead">;
  /** Background work failed. */
  failed(error: unknown): void;
}

/**
 * Who listens to which session on which node, as the store has it; and the nodes' telling each other.
 *
 * Whoever changes something writes it first, then reads on which nodes the others are, and tells these. So of two who
 * change something at once at least one sees the other. News that gets lost is not sent again: it is in the store.
 */
export class Attendance {
  readonly #deps: AttendanceDeps;
  /** Presences that ended while the store was away, and must yet be taken out of it. */
  readonly #owed = new Map<string, Presence>();
  #connections = 0;

  constructor(deps: AttendanceDeps) {
    this.#deps = deps;
  }

  get node(): string {
    return this.#deps.courier.node;
  }

  hear(take: (is: News["is"], presence: Presence) => void): void {
    this.#deps.courier.serve(TOPIC, (body) => {
      for (const { is, presence } of JSON.parse(body) as readonly News[]) take(is, presence);
      return "";
    });
  }

  /** A new connection of a peer, which stands from now on; and the one it had before. @throws {StoreUnavailable} */
  async enter(session: string, peer: string) {
    const connection = `${this.node}/${++this.#connections}`;
    const entering: NewPresence = { group: session, member: peer, connection, node: this.node, value: "" };
    const { since, former } = await this.#deps.presences.enter(entering, PRESENCE_MS);
    return { presence: { ...entering, since }, former };
  }

  /** Writes a presence as it is now. @throws {StoreUnavailable} */
  say(presence: Presence): Promise<Restored> {
    return this.#deps.presences.restore(presence, PRESENCE_MS);
  }

  /** Takes a presence out, and tells the others. What fails is done by {@link pay}. @throws {StoreUnavailable} */
  async end(presence: Presence): Promise<void> {
    this.#owed.set(presence.connection, presence);
    if (await this.#leave(presence)) await this.#tellGone([presence]);
    this.#owed.delete(presence.connection);
  }

  async pay(): Promise<void> {
    for (const presence of [...this.#owed.values()]) await this.end(presence);
  }

  /** Prolongs what stands; returns the connections that do not. @throws {StoreUnavailable} */
  async prolong(presences: readonly Presence[]): Promise<ReadonlySet<string>> {
    const others = await this.#deps.presences.prolong(presences, PRESENCE_MS);
    return new Set(others.map(({ connection }) => connection));
  }

  /** Who listens to a session, on all nodes that live. @throws {StoreUnavailable} */
  async of(session: string): Promise<readonly Presence[]> {
    const present = (await this.#deps.presences.of([session])).get(session) ?? [];
    return present.filter(({ node }) => !this.#deps.membership.isDead(node));
  }

  tellHere(nodes: readonly string[], presence: Presence): void {
    for (const node of new Set(nodes)) this.#tell(node, [{ is: "here", presence }]);
  }

  /**
   * Clears away what a dead node held, and tells the others. Several nodes do it at once, but each presence is taken out
   * by one of them only. @throws {StoreUnavailable}
   */
  async clear(node: string): Promise<void> {
    for await (const page of this.#deps.presences.ofNode(node)) {
      const isGone = await atOnce(page, (presence) => this.#leave(presence));
      await this.#tellGone(page.filter((_, at) => isGone[at]));
    }
  }

  #leave({ group, member, connection }: Presence): Promise<boolean> {
    return this.#deps.presences.leave(group, member, connection);
  }

  async #tellGone(all: readonly Presence[]): Promise<void> {
    const present = await this.#deps.presences.of([...new Set(all.map(({ group }) => group))]);
    const byNode = new Map<string, News[]>();
    for (const presence of all) {
      for (const node of new Set(present.get(presence.group)?.map((other) => other.node))) {
        const news = byNode.get(node) ?? [];
        news.push({ is: "gone", presence });
        byNode.set(node, news);
      }
    }
    for (const [node, news] of byNode) this.#tell(node, news);
  }

  /** Nobody waits for it; this node knows what it says. */
  #tell(node: string, news: readonly News[]): void {
    const { courier, failed } = this.#deps;
    if (node === courier.node) return;
    courier.ask(node, TOPIC, JSON.stringify(news)).catch((error: unknown) => {
      if (!(error instanceof NodeUnreachable)) failed(error);
    });
  }
}
