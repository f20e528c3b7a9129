import { documented } from "../support/coordinator-client.ts";
import { openRoomPeer } from "../support/room-peer.ts";

/** How long each client rests between two steps, in ms. */
const REST_MS = 20;

/** A few clients of several faces that take no for an answer from nobody: whatever fails is noted, nothing is repeated. */
export class LightTraffic {
  readonly failures: string[] = [];
  done = 0;
  readonly #url: string;
  readonly #wsUrl: string;
  readonly #running: Promise<void>[];
  #isOver = false;

  constructor({ url, wsUrl }: { readonly url: string; readonly wsUrl: string }, clients = 3) {
    this.#url = url;
    this.#wsUrl = wsUrl;
    this.#running = Array.from({ length: clients }, (_, n) => this.#run(n));
  }

  async end(): Promise<void> {
    this.#isOver = true;
    await Promise.all(this.#running);
  }

  async #run(n: number): Promise<void> {
    for (let round = 0; !this.#isOver; round++) {
      const name = `light-${n}-${round}`;
      await this.#call("/api/host/heartbeat", { hostId: name, roomId: name, region: name });
      await this.#call("/api/match/find", { region: name });
      await this.#call("/api/hosts", { ...documented.host, host_id: name, player_id: name });
      await this.#call(`/api/hosts/${name}`);
      await this.#try("a room", () => this.#visit(name));
    }
  }

  async #visit(room: string): Promise<void> {
    const enter = async (): Promise<void> => (await openRoomPeer(this.#wsUrl, room)).leave();
    // 1012 is no failure but the word that a node which goes away has for its sockets: come back.
    await enter().catch((error: Error) => (error.message.includes("1012") ? enter() : Promise.reject(error)));
  }

  #call(path: string, body?: object): Promise<void> {
    return this.#try(path, async () => {
      const post = { method: "POST", body: JSON.stringify(body), headers: { "content-type": "application/json" } };
      const response = await fetch(this.#url + path, body === undefined ? {} : post);
      const text = await response.text();
      if (!response.ok) throw new Error(`${response.status} ${text}`);
    });
  }

  async #try(what: string, step: () => Promise<void>): Promise<void> {
    try {
      await step();
      this.done++;
    } catch (error) {
      this.failures.push(`${what}: ${(error as Error).message}`);
    }
    await new Promise((resume) => setTimeout(resume, REST_MS));
  }
}
