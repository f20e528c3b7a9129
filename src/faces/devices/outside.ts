import { z } from "zod";
import { addressOf, type DeviceInfo, type DeviceName, type DeviceNews } from "../../core/devices/device.ts";
import type { Outside, OutsideDevice } from "../../core/devices/outside.ts";
import { atOnce } from "../../core/flow/at-once.ts";
import type { Clock } from "../../ports/clock.ts";
import type { WireChannel } from "../../ports/wire-channel.ts";
import type { WireFields } from "../../ports/wire-fields.ts";
import type { WireKeys } from "../../ports/wire-keys.ts";
import { CHANNEL, openEnvelope, sealEnvelope } from "./envelope.ts";
import { presentNews } from "./present.ts";
import { relayedText } from "./relay-only.ts";

/** How long the number of their subscribers is believed where only news depends on it, in ms. */
const BELIEVE_MS = 2_000;

/** Devices of one user that are looked at. */
const MOST_DEVICES = 64;

/** The last revision of a socket: after it, nothing that showed the device counts any more. */
const LAST = 999;

/** As much as must be right in what another program wrote. */
const shownDevice = z.object({
  socket_id: z.string().min(1).max(256),
  device_name: z.string().nullish(),
  device_type: z.string().nullish(),
});

export interface OutsideOptions {
  readonly keys: WireKeys;
  readonly fields: WireFields;
  readonly channel: WireChannel;
  readonly node: string;
  readonly clock: Clock;
  /** True: peers are to meet over TURN alone, whatever programs of another make pass on. */
  readonly relayOnly?: boolean;
  failed(error: unknown): void;
}

/** The document's keys and channel in Redis, for programs of another make. */
export function createOutside({ keys, fields, channel, node, clock, relayOnly, failed }: OutsideOptions): Outside {
  /** How often each of our sockets has been shown: each time is a revision of its own. */
  const shown = new Map<string, number>();
  let listeners = { count: 0, askedAt: 0 };

  const revisionOf = ({ since }: DeviceInfo, nth: number): number => since * (LAST + 1) + Math.min(nth, LAST);

  const readKey = async (email: string, device: string): Promise<OutsideDevice | null> => {
    const found = await keys.get(keyOf({ email, device }));
    return found === null || found.isOurs ? null : readDevice({ email, device }, found.value);
  };

  const devicesOf = async (email: string, known: ReadonlySet<string>): Promise<readonly OutsideDevice[]> => {
    const sockets = [...(await fields.all(hashOf(email)))].filter(([, socket]) => !known.has(socket));
    const all = await Promise.all(sockets.slice(0, MOST_DEVICES).map(([device]) => readKey(email, device)));
    return all.filter((device) => device !== null);
  };

  const areListening = async (): Promise<boolean> => {
    if (clock.now() - listeners.askedAt >= BELIEVE_MS) {
      listeners = { count: await channel.foreignSubscribers(CHANNEL), askedAt: clock.now() };
    }
    return listeners.count > 0;
  };

  return {
    async show(device, ttlMs) {
      const nth = shown.get(device.socket) ?? 0;
      shown.set(device.socket, nth + 1);
      const revision = revisionOf(device, Math.min(nth, LAST - 1));
      await Promise.all([
        keys.put(keyOf(device), contentOf(device), revision, ttlMs),
        fields.put(hashOf(device.email), device.device, device.socket, revision, ttlMs),
      ]);
    },
    async hide(device) {
      shown.delete(device.socket);
      const revision = revisionOf(device, LAST);
      await Promise.all([
        keys.withdraw(keyOf(device), contentOf(device), revision),
        fields.withdraw(hashOf(device.email), device.device, device.socket, revision),
      ]);
    },
    async of(emails, ours) {
      const known = new Set(ours.map(({ socket }) => socket));
      const found = new Map<string, readonly OutsideDevice[]>();
      const theirs = await atOnce(emails, (email) => devicesOf(email, known));
      emails.forEach((email, n) => theirs[n]!.length > 0 && found.set(email, theirs[n]!));
      return found;
    },
    async find(email, device) {
      const byName = await readKey(email, device);
      if (byName !== null) return byName;
      for (const [name, socket] of await fields.all(hashOf(email))) {
        if (socket === device) return readKey(email, name);
      }
      return null;
    },
    async send(to, texts) {
      if ((await channel.foreignSubscribers(CHANNEL)) === 0) return 0;
      let sent = 0;
      try {
        for (const text of texts) {
          await channel.publish(CHANNEL, sealEnvelope(to, text, { node, now: clock.now() }));
          sent++;
        }
      } catch (error) {
        if (sent === 0) throw error;
      }
      return sent;
    },
    async announce(news: DeviceNews) {
      if (!(await areListening())) return;
      await channel.publish(CHANNEL, sealEnvelope(null, presentNews(news), { node, now: clock.now() }));
    },
    hear(hearer) {
      const subscription = channel.subscribe(CHANNEL, (content) => {
        try {
          const letter = openEnvelope(content);
          if (letter === null) return;
          const { from, to } = letter;
          if (to === null) return hearer.news(addressOf(from), letter.text);
          const text = relayOnly === true ? relayedText(letter.text) : letter.text;
          if (text !== null) hearer.message({ email: addressOf(to.email), device: to.device }, addressOf(from), text);
        } catch (error) {
          failed(error);
        }
      });
      return () => subscription.end();
    },
  };
}

function keyOf({ email, device }: DeviceName): string {
  return `socket:presence:${email}:${device}`;
}

function hashOf(email: string): string {
  return `socket:user_devices:${email}`;
}

function contentOf({ socket, name, type }: DeviceInfo): string {
  return JSON.stringify({ socket_id: socket, device_name: name, device_type: type });
}

/** Null if the content is not what the document says. */
function readDevice({ email, device }: DeviceName, value: string): OutsideDevice | null {
  let content: unknown;
  try {
    content = JSON.parse(value);
  } catch {
    return null;
  }
  const result = shownDevice.safeParse(content);
  if (!result.success) return null;
  const { socket_id: socket, device_name, device_type } = result.data;
  return { email, device, socket, name: device_name ?? null, type: device_type ?? null, since: 0, isOutside: true };
}
