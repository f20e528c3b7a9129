import type { Clock, Timer } from "../../ports/clock.ts";
import type { Devices } from "../../core/devices/devices.ts";
import type { AccountNewsFeed } from "../../core/accounts/news.ts";
import type { Face } from "../../transport/face.ts";
import type { RequestLimit } from "../../transport/limits/limit.ts";
import { accountRoutes, type AccountRoutesOptions } from "./account-routes.ts";
import { contactRoutes, type ContactRoutesOptions } from "./contact-routes.ts";
import { figuresOf } from "./figures.ts";
import { groupDoc } from "./http-docs.ts";
import { refuse } from "./http-errors.ts";
import { devicesSocket, type DevicesSocketOptions } from "./socket.ts";

/** How often to forget tokens, invites and codes past their time, in ms. */
const SWEEP_MS = 60_000;

export interface DevicesFaceOptions extends AccountRoutesOptions, ContactRoutesOptions, DevicesSocketOptions {
  readonly devices: Devices;
  readonly news: AccountNewsFeed;
  readonly clock: Clock;
  /** How often one client may call all of it. */
  readonly limit: RequestLimit | undefined;
  /** A sweep failed; the next one comes. */
  failed(error: unknown): void;
}

/** People, their contacts, and their devices. */
export function devicesFace(options: DevicesFaceOptions): Face {
  const { accounts, devices, news, clock, limit, failed } = options;
  let sweeping: Timer | null = null;
  let underway: Promise<unknown> | null = null;
  const sweep = (): void => {
    underway ??= accounts
      .sweep()
      .catch(failed)
      .finally(() => (underway = null));
  };
  return {
    name: "devices",
    http: [
      {
        name: "devices",
        routes: [...accountRoutes(options), ...contactRoutes(options)],
        prefixes: ["/api/auth", "/api/contacts"],
        crossOrigin: true,
        limit,
        doc: groupDoc,
        refuse,
      },
    ],
    sockets: [devicesSocket(options)],
    figures: async () => figuresOf(devices),
    start() {
      news.start();
      devices.start();
      sweeping = clock.every(SWEEP_MS, sweep);
    },
    async stop() {
      sweeping?.cancel();
      await devices.stop();
      news.stop();
      await underway;
    },
  };
}
