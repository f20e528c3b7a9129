import { writeExactJson } from "../../transport/http/exact-json.ts";

const TIMEOUT_MS = 10_000;

/** The arena answered, but not with what was hoped for; or it did not answer: then the status is 0. */
export class ArenaRefusal extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.name = "ArenaRefusal";
    this.status = status;
  }

  /** True if the same may go well in a moment. */
  get isTransient(): boolean {
    return this.status === 0 || this.status === 429 || this.status >= 500;
  }
}

/** An arena, as its clients know it. */
export class ArenaClient {
  readonly url: string;

  /** @param url without a path */
  constructor(url: string) {
    this.url = url.replace(/(?<!\/)\/+$/, "");
  }

  /** @throws {ArenaRefusal} */
  get<Body>(path: string): Promise<Body> {
    return this.#call("GET", path);
  }

  /** Bigints go out as numbers with all their digits. @throws {ArenaRefusal} */
  post<Body>(path: string, body: unknown = {}): Promise<Body> {
    return this.#call("POST", path, writeExactJson(body));
  }

  /** @throws {ArenaRefusal} */
  delete<Body>(path: string): Promise<Body> {
    return this.#call("DELETE", path);
  }

  async #call<Body>(method: string, path: string, body?: string): Promise<Body> {
    let answer: Response;
    let text: string;
    try {
      answer = await fetch(this.url + path, {
        method,
        ...(body === undefined ? {} : { body, headers: { "content-type": "application/json" } }),
        signal: AbortSignal.timeout(TIMEOUT_MS),
      });
      text = await answer.text();
    } catch (error) {
      throw new ArenaRefusal(0, `${this.url} does not answer: ${(error as Error).message}`);
    }
    if (!answer.ok) throw new ArenaRefusal(answer.status, `${method} ${path}: ${answer.status} ${text.slice(0, 200)}`);
    try {
      return JSON.parse(text) as Body;
    } catch {
      throw new ArenaRefusal(answer.status, `${method} ${path}: the answer is no JSON; is this an arena?`);
    }
  }
}
