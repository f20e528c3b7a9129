import { DeviceSocket, type DeviceOptions } from "./device-socket.ts";
import { Http, type ClientOptions } from "./http.ts";

/**
 * People's devices, which find and reach those of their contacts.
 *
 * @example
 * import { Accounts, Devices } from "rendezvous-client";
 *
 * const accounts = new Accounts({ url: "http://127.0.0.1:8080" });
 * const { email, token } = await accounts.signUp({ email: `${crypto.randomUUID()}@example.com`, password: "a good password" });
 * const devices = new Devices({ url: "http://127.0.0.1:8080", token: () => token });
 *
 * const laptop = devices.register({ email, device: "laptop", name: "My laptop", type: "desktop" });
 * await laptop.ready;
 * console.log(await laptop.online());
 *
 * const phone = devices.register({ email, device: "phone", name: "My phone", type: "mobile" });
 * phone.on("call", async ({ from, accept }) => {
 *   console.log("called by", from.device);
 *   accept();
 * });
 * await phone.ready;
 * console.log("accepted:", await laptop.call({ email, device: "phone" }));
 * laptop.close();
 * phone.close();
 */
export class Devices {
  readonly #http: Http;

  constructor(options?: ClientOptions) {
    this.#http = new Http(options);
  }

  /** Registers a device, and keeps it registered until it is closed. */
  register(device: DeviceOptions): DeviceSocket {
    return new DeviceSocket(this.#http, device);
  }
}
