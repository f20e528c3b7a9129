// "Perfect negotiation" (W3C WebRTC, 10.7): either side may offer at any time; if both do at once, the polite one takes
// its own offer back.
import type { PeerSignal, Signaling } from "./signaling.ts";

/** An offer without an answer is said again after so long, in ms: not every way of signaling is without loss. */
const REPEAT_MS = 2_000;

/**
 * How long the polite side leaves the first offer to the other, in ms. Browsers that take back an offer which they have
 * only just made may look for no path at all then.
 */
const YIELD_MS = 1_000;

export class Negotiation {
  readonly #connection: RTCPeerConnection;
  readonly #signaling: Signaling;
  readonly #failed: (error: unknown) => void;
  readonly #stops: (() => void)[];
  readonly #repeat: ReturnType<typeof setInterval>;
  /** Candidates that came before the description they belong to. */
  #early: RTCIceCandidateInit[] = [];
  /** Our own, since our newest description. */
  #found: PeerSignal[] = [];
  #makingOffer = false;
  /** Each signal waits for the one before. */
  #steps: Promise<void> = Promise.resolve();

  /** @param failed hears of a description that cannot be used */
  constructor(connection: RTCPeerConnection, signaling: Signaling, failed: (error: unknown) => void) {
    this.#connection = connection;
    this.#signaling = signaling;
    this.#failed = failed;
    connection.onnegotiationneeded = () => {
      const first = (): unknown => signaling.patient || connection.remoteDescription || this.#offer();
      if ((signaling.polite || signaling.patient) && !connection.remoteDescription) setTimeout(first, YIELD_MS);
      else void this.#offer();
    };
    connection.onicecandidate = ({ candidate }) => {
      if (!candidate) return;
      const signal = { candidate: candidate.toJSON() };
      this.#found.push(signal);
      signaling.send(signal);
    };
    this.#stops = [
      signaling.on("signal", (signal) => {
        this.#steps = this.#steps.then(() => this.#take(signal)).catch((error: unknown) => this.#fail(error));
      }),
      signaling.on("restored", () => this.#sayAgain()),
    ];
    this.#repeat = setInterval(() => {
      if (connection.signalingState === "have-local-offer" && signaling.isUp?.() !== false) this.#describe();
    }, REPEAT_MS);
  }

  stop(): void {
    clearInterval(this.#repeat);
    this.#connection.onnegotiationneeded = this.#connection.onicecandidate = null;
    for (const stop of this.#stops) stop();
  }

  async #offer(): Promise<void> {
    this.#makingOffer = true;
    try {
      await this.#propose();
    } catch (error) {
      this.#fail(error);
    } finally {
      this.#makingOffer = false;
    }
  }

  async #take(signal: PeerSignal): Promise<void> {
    const connection = this.#connection;
    if ("candidate" in signal) {
      if (connection.remoteDescription) await this.#add(signal.candidate);
      else this.#early.push(signal.candidate);
      return;
    }
    const { description } = signal;
    const isOffer = description.type === "offer";
    if (isOffer) {
      const collides = this.#makingOffer || connection.signalingState !== "stable";
      if (collides && !this.#signaling.polite) return;
      // An answer that was repeated finds nothing open any more.
    } else if (connection.signalingState !== "have-local-offer") return;
    await connection.setRemoteDescription(description);
    for (const candidate of this.#early.splice(0)) await this.#add(candidate);
    if (isOffer) await this.#propose();
  }

  /** An offer or an answer, whichever is due. */
  async #propose(): Promise<void> {
    this.#found = [];
    await this.#connection.setLocalDescription();
    this.#describe();
  }

  /** One that does not fit belongs to an offer that was passed over. */
  async #add(candidate: RTCIceCandidateInit): Promise<void> {
    await this.#connection.addIceCandidate(candidate).catch(() => undefined);
  }

  #describe(): void {
    const description = this.#connection.localDescription?.toJSON();
    if (description) this.#signaling.send({ description });
  }

  /** Unless it has led to a connection already. */
  #sayAgain(): void {
    const { connectionState, signalingState } = this.#connection;
    if (connectionState === "connected" && signalingState === "stable") return;
    this.#describe();
    // Of an answer that has come before, whoever gets it again does not look at the candidates in it.
    for (const signal of this.#found) this.#signaling.send(signal);
  }

  #fail(error: unknown): void {
    if (this.#connection.signalingState !== "closed") this.#failed(error);
  }
}
