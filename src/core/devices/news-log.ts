import { FewMap } from "../flow/few-map.ts";
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
  /** By user and device; the oldest first. */
  readonly #newest = new Map<string, FewMap<string, Newest>>();
  #size = 0;

  /**
   * What is to be told: nothing if this is to be kept to oneself. `again`: it counts only for a device that was told to
   * have left. Of a device that is there by a newer socket, before anybody has heard that it had left, both is told: what
   * it left by was on another node, whose news is slower.
   */
  sift(news: DeviceNews, again: boolean): readonly DeviceNews[] {
    const { email, device, socket, since } = news;
    const devices = this.#newest.get(email) ?? new FewMap<string, Newest>();
    const last = devices.get(device);
    if (!(again ? isBack(news, last) : isNews(news, last))) return [];
    if (last === undefined) this.#size++;
    devices.set(device, { socket, since, isHere: news.type === "joined" });
    // The newest user is the last one.
    this.#newest.delete(email);
    this.#newest.set(email, devices);
    while (this.#size > REMEMBERED) this.forget(this.#newest.keys().next().value!);
    if (news.type === "left" || !last?.isHere) return [news];
    return [{ ...news, type: "left", socket: last.socket, since: last.since }, news];
  }

  /** Nobody is here any more who hears of this user: what was told counts for nobody who comes. */
  forget(email: string): void {
    this.#size -= this.#newest.get(email)?.size ?? 0;
    this.#newest.delete(email);
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
