// What happens between this device and another one: asking, being asked, the connection, files.
import { watchStats } from "../../shared/connection-stats.ts";
import { DeviceLink } from "../../shared/device-link.ts";
import type { Address, SignalEvent } from "../../shared/device-socket.ts";
import { byId, showState } from "../../shared/dom.ts";
import { FileChannel } from "../../shared/file-channel.ts";
import { clearTransfers, showTransfer } from "./transfers.ts";

/** What `try_connect` carries: a question with an id, and the answer to it with the same id. */
interface Request {
  readonly request_id: string;
  /** Left out in the question. */
  readonly accepted?: boolean;
  /** How the one who asks calls itself. */
  readonly name?: string;
}

interface Peer extends Address {
  /** For people. */
  readonly name: string;
}

type Stage =
  | { readonly name: "alone" }
  | { readonly name: "asking" | "asked"; readonly peer: Peer; readonly requestId: string }
  | { readonly name: "linked"; readonly peer: Peer; readonly link: DeviceLink };

const asked = byId("asked", HTMLElement);
const panel = byId("connection", HTMLElement);
const file = byId("file", HTMLInputElement);

export class Meeting {
  readonly #own: Address;
  readonly #send: (event: SignalEvent, to: Address, payload: unknown) => void;
  #stage: Stage = { name: "alone" };

  constructor(own: Address, send: (event: SignalEvent, to: Address, payload: unknown) => void) {
    this.#own = own;
    this.#send = send;
    byId("accept", HTMLButtonElement).onclick = () => this.#answer(true);
    byId("decline", HTMLButtonElement).onclick = () => this.#answer(false);
    byId("hang-up", HTMLButtonElement).onclick = () => this.#part("Disconnected.");
  }

  /** Asks another device for a connection. */
  ask(to: Address, name: string): void {
    if (this.#stage.name !== "alone") return;
    const requestId = crypto.randomUUID();
    this.#enter({ name: "asking", peer: { ...to, name }, requestId });
    this.#send("try_connect", to, { request_id: requestId, name: this.#own.email } satisfies Request);
    showState("asking", `Waiting for ${name} to accept …`);
  }

  hear(event: SignalEvent, from: Address, payload: unknown): void {
    const stage = this.#stage;
    if (event === "try_connect") this.#hearRequest(from, payload as Request);
    else if (stage.name === "linked" && isSame(stage.peer, from)) stage.link.take(event, payload);
  }

  unreachable(to: Address, why: string): void {
    const stage = this.#stage;
    if (stage.name === "alone" || !isSame(stage.peer, to)) return;
    this.#part(why);
  }

  end(): void {
    if (this.#stage.name === "linked") this.#stage.link.end();
    this.#enter({ name: "alone" });
  }

  #hearRequest(from: Address, request: Request): void {
    const stage = this.#stage;
    if (request.accepted !== undefined) {
      if (stage.name !== "asking" || stage.requestId !== request.request_id) return;
      if (request.accepted) this.#link(stage.peer, true);
      else this.#part(`${stage.peer.name} declined.`);
      return;
    }
    const requestId = request.request_id;
    if (stage.name === "asking" && isSame(stage.peer, from)) {
      // Both asked: both want it. The one whose device comes first in order makes the offer.
      this.#link(stage.peer, this.#own.device < from.device);
      return;
    }
    if (stage.name !== "alone") {
      this.#send("try_connect", from, { request_id: requestId, accepted: false } satisfies Request);
      return;
    }
    this.#enter({ name: "asked", peer: { ...from, name: from.email }, requestId });
    byId("question", HTMLElement).textContent = `${from.email} wants to connect with this device.`;
    showState("asked", "Somebody wants to connect.");
  }

  #answer(accepted: boolean): void {
    const stage = this.#stage;
    if (stage.name !== "asked") return;
    this.#send("try_connect", stage.peer, { request_id: stage.requestId, accepted } satisfies Request);
    if (accepted) this.#link(stage.peer, false);
    else this.#part("Declined.");
  }

  #link(peer: Peer, initiator: boolean): void {
    const relayOnly = new URLSearchParams(location.search).get("relay") === "1";
    const link = new DeviceLink({
      initiator,
      iceTransportPolicy: relayOnly ? "relay" : "all",
      send: (event, payload) => this.#send(event, peer, payload),
      started: watchStats,
      open: (channel) => this.#open(peer, channel),
      failed: (error) => this.#part(`The connection did not come about: ${String(error)}`),
    });
    this.#enter({ name: "linked", peer, link });
    byId("peer", HTMLElement).textContent = `With ${peer.name}`;
    showState("connecting", `Connecting to ${peer.name} …`);
  }

  #open(peer: Peer, channel: RTCDataChannel): void {
    const files = new FileChannel(channel, showTransfer);
    file.onchange = () => {
      for (const one of file.files ?? []) void files.send(one).catch((error: Error) => this.#part(error.message));
      file.value = "";
    };
    channel.onclose = () => this.#part(`${peer.name} has left.`);
    showState("connected", `Connected to ${peer.name}.`);
  }

  #part(why: string): void {
    if (this.#stage.name === "alone") return;
    this.end();
    showState("online", why);
  }

  #enter(stage: Stage): void {
    this.#stage = stage;
    asked.hidden = stage.name !== "asked";
    // What has arrived stays on the page until the next connection.
    if (stage.name === "linked") {
      clearTransfers();
      panel.hidden = false;
    }
    byId("hang-up", HTMLButtonElement).disabled = file.disabled = stage.name !== "linked";
  }
}

function isSame(one: Address, other: Address): boolean {
  return one.email === other.email && one.device === other.device;
}
