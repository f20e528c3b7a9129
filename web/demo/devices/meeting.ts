// What happens between this device and another one: asking, being asked, the connection, files.
import {
  connectPeer,
  type DeviceAddress,
  type DeviceSocket,
  type IncomingCall,
  type Signaling,
} from "../../../client/src/index.ts";
import { watchStats } from "../../shared/connection-stats.ts";
import { byId, showState } from "../../shared/dom.ts";
import { FileChannel } from "../../shared/file-channel.ts";
import { clearTransfers, showTransfer } from "./transfers.ts";

type Stage =
  | { readonly name: "alone" | "asking" }
  | { readonly name: "asked"; readonly call: IncomingCall }
  | { readonly name: "linked"; readonly end: AbortController };

const asked = byId("asked", HTMLElement);
const panel = byId("connection", HTMLElement);
const file = byId("file", HTMLInputElement);

export class Meeting {
  readonly #own: string;
  readonly #socket: DeviceSocket;
  #stage: Stage = { name: "alone" };

  /** @param own the user's address, by which others know who calls */
  constructor(own: string, socket: DeviceSocket) {
    this.#own = own;
    this.#socket = socket;
    socket.on("call", (call) => this.#called(call));
    byId("accept", HTMLButtonElement).onclick = () => this.#answer(true);
    byId("decline", HTMLButtonElement).onclick = () => this.#answer(false);
    byId("hang-up", HTMLButtonElement).onclick = () => this.#part("Disconnected.");
  }

  /** Asks another device for a connection. */
  async ask(to: DeviceAddress, name: string): Promise<void> {
    if (this.#stage.name !== "alone") return;
    this.#enter({ name: "asking" });
    showState("asking", `Waiting for ${name} to accept …`);
    try {
      if (await this.#socket.call(to, { name: this.#own })) await this.#link(this.#socket.signaling(to), name);
      else this.#part(`${name} declined.`);
    } catch (error) {
      this.#part((error as Error).message);
    }
  }

  end(): void {
    if (this.#stage.name === "linked") this.#stage.end.abort();
    this.#enter({ name: "alone" });
  }

  #called(call: IncomingCall): void {
    if (this.#stage.name !== "alone") return call.decline();
    this.#enter({ name: "asked", call });
    byId("question", HTMLElement).textContent = `${call.from.email} wants to connect with this device.`;
    showState("asked", "Somebody wants to connect.");
  }

  #answer(accepted: boolean): void {
    const stage = this.#stage;
    if (stage.name !== "asked") return;
    if (accepted) return void this.#link(stage.call.accept(), stage.call.from.email);
    stage.call.decline();
    this.#part("Declined.");
  }

  async #link(way: Signaling, name: string): Promise<void> {
    const end = new AbortController();
    const relayOnly = new URLSearchParams(location.search).get("relay") === "1";
    this.#enter({ name: "linked", end });
    byId("peer", HTMLElement).textContent = `With ${name}`;
    showState("connecting", `Connecting to ${name} …`);
    try {
      const { channel, connection } = await connectPeer(way, {
        channel: "files",
        iceTransportPolicy: relayOnly ? "relay" : "all",
        prepare: watchStats,
        signal: end.signal,
      });
      end.signal.addEventListener("abort", () => connection.close());
      this.#open(name, channel!);
    } catch (error) {
      if (!end.signal.aborted) this.#part(`The connection did not come about: ${(error as Error).message}`);
    }
  }

  #open(name: string, channel: RTCDataChannel): void {
    channel.binaryType = "arraybuffer";
    const files = new FileChannel(channel, showTransfer);
    file.onchange = () => {
      for (const one of file.files ?? []) void files.send(one).catch((error: Error) => this.#part(error.message));
      file.value = "";
    };
    channel.onclose = () => this.#part(`${name} has left.`);
    showState("connected", `Connected to ${name}.`);
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
