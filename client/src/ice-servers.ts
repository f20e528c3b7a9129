import { Forbidden } from "./errors.ts";
import { Http, type ClientOptions } from "./http.ts";
import type { Answer } from "./types.ts";

/**
 * STUN and TURN servers. TURN credentials end, so they are fetched anew once half their time is over.
 *
 * @example
 * import { IceServers } from "rendezvous-client";
 *
 * const ice = new IceServers({ url: "http://127.0.0.1:8080" });
 * const { iceServers, ttl } = await ice.get();
 * console.log(iceServers.length, "servers for", ttl, "seconds");
 * console.log(await ice.configuration("all"));
 * console.log("with all their time to come:", await ice.fresh());
 */
export class IceServers {
  readonly #http: Http;
  #known: Promise<Answer<"getIceServers">> | null = null;
  #staleAt = 0;

  constructor(options?: ClientOptions) {
    this.#http = Http.of(options);
  }

  /** As the server answers. `ttl`: seconds for which the credentials are good. */
  get(): Promise<Answer<"getIceServers">> {
    if (this.#known === null || performance.now() > this.#staleAt) return this.fresh();
    return this.#known;
  }

  /** The same with credentials whose whole time is to come. */
  async fresh(): Promise<Answer<"getIceServers">> {
    const asked = this.#http.json<Answer<"getIceServers">>("GET", "/api/ice-servers");
    this.#known = asked;
    this.#staleAt = Infinity;
    try {
      const answer = await asked;
      this.#staleAt = performance.now() + answer.ttl * 500;
      return answer;
    } catch (error) {
      this.#known = null;
      throw error;
    }
  }

  /**
   * What goes into `new RTCPeerConnection(…)`. Where the server wants relays alone, that counts; where it gives
   * credentials to nobody who has not been matched, there are none.
   */
  async configuration(policy: RTCIceTransportPolicy = "all"): Promise<RTCConfiguration> {
    const none = { iceServers: [], iceTransportPolicy: policy };
    const { iceServers, iceTransportPolicy } = await this.get().catch((error: unknown) => {
      if (error instanceof Forbidden) return none;
      throw error;
    });
    return { iceServers, iceTransportPolicy: iceTransportPolicy ?? policy };
  }
}
