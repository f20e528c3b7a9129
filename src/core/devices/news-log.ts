import type { DeviceNews } from "./device.ts";

/** Devices of which the newest news is remembered. */
const REMEMBERED = 50_000;

interface Newest {
  readonly socket: string;
  readonly since: number;
  readonly isHere: boolean;
}

/**
 * What was told here of each device, so that nobody hears the same twice, nor the old after the new: news of one device
 * comes from whichever node it was on.
 */
export class NewsLog {
  /** The oldest first. */
  readonly #newest = new Map<string, Newest>();

  /** False if this is to be kept to oneself. `again`: it counts only for a device that was told to have left. */
  takes(news: DeviceNews, again: boolean): boolean {
    const key = `${news.email}\n${news.device}`;
    const last = this.#newest.get(key);
    if (!(again ? isBack(news, last) : isNews(news, last))) return false;
    this.#newest.delete(key);
    this.#newest.set(key, { socket: news.socket, since: news.since, isHere: news.type === "joined" });
    if (this.#newest.size > REMEMBERED) this.#newest.delete(this.#newest.keys().next().value!);
    return true;
  }
}

function isNews({ type, socket, since }: DeviceNews, last: Newest | undefined): boolean {
  if (last === undefined || last.since < since) return true;
  if (last.since > since) return false;
  return type === "joined" ? last.socket !== socket : last.isHere;
}

function isBack({ since }: DeviceNews, last: Newest | undefined): boolean {
  return last !== undefined && !last.isHere && last.since <= since;
}
