import { documented } from "../../support/coordinator-client.ts";

/** How often a call that was refused with 503 is made again. */
const TRIES = 20;

/** Clients of the faces that speak HTTP. They ask again only where they were told to (503), and note all other trouble. */
export class Callers {
  answered = 0;
  retried = 0;
  readonly failures: string[] = [];
  readonly #url: string;
  readonly #count: number;
  /** What was acknowledged and must be there in the end. */
  readonly #kept: string[] = [];
  #running: Promise<void>[] = [];
  #isOver = false;

  constructor(url: string, count: number) {
    this.#url = url;
    this.#count = count;
  }

  begin(): void {
    this.#running = Array.from({ length: this.#count }, (_, n) => this.#run(n));
  }

  async end(): Promise<void> {
    this.#isOver = true;
    await Promise.all(this.#running);
  }

  /** Acknowledged writes that cannot be read. */
  async lost(): Promise<string[]> {
    const lost: string[] = [];
    for (const path of this.#kept) {
      const status = await this.#call("GET", path);
      if (status !== 200) lost.push(`${path}: ${status}`);
    }
    return lost;
  }

  async #run(n: number): Promise<void> {
    for (let round = 0; !this.#isOver; round++) {
      const name = `caller-${n}-${round}`;
      await this.#call("POST", "/api/host/heartbeat", { hostId: `pool-${n}`, roomId: `room-${n}`, region: `r${n}` });
      await this.#call("POST", "/api/match/find", { region: `r${n}` });
      const { host } = documented;
      if ((await this.#call("POST", "/api/hosts", { ...host, host_id: name })) === 201) {
        this.#kept.push(`/api/hosts/${name}`);
      }
      let queueId = "";
      await this.#call("POST", "/queue/join", { connect_code: name }, (body) => (queueId = body.queue_id));
      if (queueId !== "") this.#kept.push(`/queue/${queueId}`);
      await this.#call("GET", "/api/monitoring/dashboard");
      await this.#call("POST", `/api/hosts/${name}/heartbeat`, documented.heartbeat);
      // The poll of a stream of events: it ends properly, or goes on.
      if (round % 5 === 0) await this.#watch(queueId);
    }
  }

  async #call(method: string, path: string, body?: unknown, read?: (body: any) => void): Promise<number> {
    for (let left = TRIES; ; left--) {
      try {
        const init = body === undefined ? {} : { body: JSON.stringify(body) };
        const response = await fetch(this.#url + path, { method, ...init });
        const text = await response.text();
        if (response.status === 503 && left > 0 && response.headers.has("retry-after")) {
          this.retried++;
          await new Promise((resume) => setTimeout(resume, 100));
          continue;
        }
        this.answered++;
        if (response.status >= 500) this.failures.push(`${method} ${path}: ${response.status} ${text}`);
        else if (response.ok) read?.(JSON.parse(text));
        return response.status;
      } catch (error) {
        this.failures.push(`${method} ${path}: ${String(error)}`);
        return 0;
      }
    }
  }

  async #watch(queueId: string): Promise<void> {
    try {
      const response = await fetch(`${this.#url}/queue/${queueId}/events`);
      const reader = response.body!.getReader();
      setTimeout(() => void reader.cancel(), 500);
      while (!(await reader.read()).done);
    } catch (error) {
      this.failures.push(`events of ${queueId}: ${String(error)}`);
    }
  }
}
