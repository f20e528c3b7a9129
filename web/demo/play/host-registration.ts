/** The pool forgets a host after 30 s without a beat. */
const BEAT_MS = 20_000;

/** Keeps this page in the pool of hosts: POST /api/host/heartbeat now and every 20 s. */
export class HostRegistration {
  readonly hostId = crypto.randomUUID();
  readonly roomId = crypto.randomUUID();
  readonly #heard: (alive: boolean) => void;
  #timer: ReturnType<typeof setInterval> | undefined;

  /** @param heard is told after each beat whether the server took it */
  constructor(heard: (alive: boolean) => void) {
    this.#heard = heard;
  }

  /** Resolves when the first beat was answered. */
  async start(): Promise<void> {
    this.#timer = setInterval(() => void this.beat(), BEAT_MS);
    await this.beat();
  }

  async beat(): Promise<void> {
    try {
      const answer = await fetch("/api/host/heartbeat", {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({
          hostId: this.hostId,
          roomId: this.roomId,
          gameInfo: { name: "Canvas desktop", specs: "A browser" },
        }),
      });
      this.#heard(answer.ok);
    } catch {
      this.#heard(false);
    }
  }

  /** Leaves the pool at once. `keepalive` lets the request outlive the page. */
  leave(): void {
    clearInterval(this.#timer);
    void fetch(`/api/host/${this.hostId}`, { method: "DELETE", keepalive: true }).catch(() => {
      // The pool finds out by itself, in 30 s.
    });
  }
}
