import { Groups } from "../flow/groups.ts";
import type { DeviceNews } from "./device.ts";

/** Devices of which the newest news is remembered. */
const REMEMBERED = 50_000;

/**
 * What was told here of each device, so that nobody hears the same twice, nor the old after the new: news of one device
 * comes from whichever node it was on.
 */
export class NewsLog {
  /** By user and device; the user with the newest last. The news itself: a record of its own would be one more object. */
  readonly #newest = new Groups<DeviceNews>(({ device }) => device);
  #size = 0;

  /**
   * What is to be told: nothing if this is to be kept to oneself. `again`: it counts only for a device that was told to
   * have left. Of a device that is there by a newer socket, before anybody has heard that it had left, both is told: what
   * it left by was on another node, whose news is slower.
   */
  sift(news: DeviceNews, again: boolean): readonly DeviceNews[] {
    const { email, device } = news;
    const last = this.#newest.get(email, device);
    if (!(again ? isBack(news, last) : isNews(news, last))) return [];
    if (last === undefined) this.#size++;
    this.#newest.put(email, news);
    this.#newest.toEnd(email);
    while (this.#size > REMEMBERED) this.forget(this.#newest.first()!);
    if (news.type === "left" || last?.type !== "joined") return [news];
    return [{ ...last, type: "left" }, news];
  }

  /** Nobody is here any more who hears of this user: what was told counts for nobody who comes. */
  forget(email: string): void {
    this.#size -= this.#newest.drop(email);
  }
}

function isNews({ type, socket, since }: DeviceNews, last: DeviceNews | undefined): boolean {
  if (last === undefined || last.since < since) return true;
  if (last.since > since) return false;
  return type === "joined" ? last.socket !== socket : last.type === "joined";
}

function isBack({ since }: DeviceNews, last: DeviceNews | undefined): boolean {
  return last?.type === "left" && last.since <= since;
}
