import { writeExactJson } from "../../transport/http/exact-json.ts";
import type { Bearer } from "./tokens.ts";
import type { Traffic } from "./traffic.ts";

const TIMEOUT_MS = 10_000;

/** The server answered, but not with what was hoped for; or it did not answer: then the status is 0. */
export class Refusal extends Error {
  readonly status: number;
  /** How long it asks to be left alone, in ms. */
  readonly retryAfterMs: number;

  constructor(status: number, message: string, retryAfterMs = 0) {
    super(message);
    this.name = "Refusal";
    this.status = status;
    this.retryAfterMs = retryAfterMs;
  }

  /** True if the same may go well in a moment. */
  get isTransient(): boolean {
    return this.status === 0 || this.status === 429 || this.status >= 500;
  }
}

export interface ClientOptions {
  /** Whose token goes along; left out: nobody's. */
  readonly bearer?: Bearer;
  /** Where to count how it goes. */
  readonly traffic?: Traffic;
}

/** A server, as its clients know it over HTTP. */
export class Client {
  readonly url: string;
  readonly #options: ClientOptions;

  /** @param url without a path */
  constructor(url: string, options: ClientOptions = {}) {
    this.url = url.replace(/(?<!\/)\/+$/, "");
    this.#options = options;
  }

  /** The same server, as somebody else. */
  as(bearer: Bearer): Client {
    return new Client(this.url, { ...this.#options, bearer });
  }

  /** The same server, counted elsewhere. */
  counting(traffic: Traffic): Client {
    return new Client(this.url, { ...this.#options, traffic });
  }

  /** @throws {Refusal} */
  get<Body>(path: string): Promise<Body> {
    return this.#call("GET", path);
  }

  /** Bigints go out as numbers with all their digits. @throws {Refusal} */
  post<Body>(path: string, body: unknown = {}): Promise<Body> {
    return this.#call("POST", path, writeExactJson(body));
  }

  /** @throws {Refusal} */
  patch<Body>(path: string, body: unknown): Promise<Body> {
    return this.#call("PATCH", path, writeExactJson(body));
  }

  /** @throws {Refusal} */
  delete<Body>(path: string, body?: unknown): Promise<Body> {
    return this.#call("DELETE", path, body === undefined ? undefined : writeExactJson(body));
  }

  async #call<Body>(method: string, path: string, body?: string): Promise<Body> {
    const { bearer, traffic } = this.#options;
    let answer: Response;
    let text: string;
    try {
      const token = (await bearer?.()) ?? null;
      answer = await fetch(this.url + path, {
        method,
        headers: {
          ...(body === undefined ? {} : { "content-type": "application/json" }),
          ...(token === null ? {} : { authorization: `Bearer ${token}` }),
        },
        ...(body === undefined ? {} : { body }),
        signal: AbortSignal.timeout(TIMEOUT_MS),
      });
      text = await answer.text();
    } catch (error) {
      traffic?.note(0);
      throw new Refusal(0, `${this.url} does not answer: ${(error as Error).message}`);
    }
    const retryAfterMs = retryAfterOf(answer);
    traffic?.note(answer.status, retryAfterMs);
    if (!answer.ok) {
      throw new Refusal(answer.status, `${method} ${path}: ${answer.status} ${text.slice(0, 200)}`, retryAfterMs);
    }
    if (answer.status === 204) return undefined as Body;
    try {
      return JSON.parse(text) as Body;
    } catch {
      throw new Refusal(answer.status, `${method} ${path}: the answer is no JSON; is this a Rendezvous?`);
    }
  }
}

/** In ms; 0 where it does not say, or in a way that hardly anybody uses. */
function retryAfterOf({ headers }: Response): number {
  const seconds = Number(headers.get("retry-after") ?? 0);
  return seconds > 0 ? seconds * 1_000 : 0;
}
