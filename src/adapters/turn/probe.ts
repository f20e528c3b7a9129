import { StunClient, type ClientOptions, type Request } from "./client.ts";
import { TurnFailure } from "./failure.ts";
import { AttributeType, Method, type Attribute, type StunMessage } from "./message.ts";
import { errorOf, longTermKey, text, textOf, uint32, xorAddressOf, type Endpoint, type StunError } from "./values.ts";
import type { Target } from "./wire.ts";

export interface Credential {
  readonly username: string;
  readonly password: string;
}

/** The server gave its reasons. */
export interface Rejection {
  readonly result: "rejected";
  readonly error: StunError;
  /** True: the server had asked for a credential, and this is its answer to the one we sent. */
  readonly authenticated: boolean;
}

/** There was no usable answer. */
export interface Failed {
  readonly result: "failed";
  readonly failure: TurnFailure;
}

export interface Answered {
  readonly result: "answered";
  /** Where the server sees us. */
  readonly mapped: Endpoint;
}

export interface Allocated {
  readonly result: "allocated";
  readonly relayed: Endpoint;
  /** False: the server let us in without asking for a credential. */
  readonly authenticated: boolean;
}

export type BindingOutcome = Answered | Rejection | Failed;
export type AllocationOutcome = Allocated | Rejection | Failed;

/** Asks a STUN server where it sees us (RFC 8489, Binding). Never throws. */
export function probeBinding(target: Target, options: ClientOptions): Promise<BindingOutcome> {
  return withClient(target, options, async (client) => {
    const answer = await client.request({ method: Method.binding, attributes: [] });
    const mapped = xorAddressOf(answer, AttributeType.xorMappedAddress);
    if (answer.class === "error") return { result: "rejected", error: codedErrorOf(answer), authenticated: false };
    if (mapped === null) throw new TurnFailure("not-stun", "the answer lacks XOR-MAPPED-ADDRESS");
    return { result: "answered", mapped };
  });
}

/** Makes an allocation with a TURN server (RFC 8656), frees it again, and says how that went. Never throws. */
export function probeAllocation(
  target: Target,
  credential: Credential,
  options: ClientOptions,
): Promise<AllocationOutcome> {
  return withClient(target, options, async (client) => {
    const session = new Session(client, credential);
    const answer = await session.request(Method.allocate, [uint32(AttributeType.requestedTransport, UDP << 24)]);
    if (answer.class === "error") {
      return { result: "rejected", error: codedErrorOf(answer), authenticated: session.authenticated };
    }
    const relayed = xorAddressOf(answer, AttributeType.xorRelayedAddress);
    if (relayed === null) throw new TurnFailure("not-stun", "the answer lacks XOR-RELAYED-ADDRESS");
    // What we know is known; an allocation that could not be freed ends by itself.
    await session.request(Method.refresh, [uint32(AttributeType.lifetime, 0)]).catch(() => null);
    return { result: "allocated", relayed, authenticated: session.authenticated };
  });
}

/** The protocol number of UDP, the only thing browsers let a relay speak to the other peer. */
const UDP = 17;

/** How often a server may hand out a new nonce before we take its answer as it is. */
const MAX_CHALLENGES = 3;

/** Requests with the long-term credential mechanism (RFC 8489, 9.2): asked once, every further request is signed. */
class Session {
  readonly #client: StunClient;
  readonly #credential: Credential;
  #auth: Pick<Request, "attributes" | "key"> = { attributes: [] };

  constructor(client: StunClient, credential: Credential) {
    this.#client = client;
    this.#credential = credential;
  }

  get authenticated(): boolean {
    return this.#auth.key !== undefined;
  }

  async request(method: number, attributes: readonly Attribute[]): Promise<StunMessage> {
    for (let challenges = 0; ; challenges++) {
      const answer = await this.#client.request({
        ...this.#auth,
        method,
        attributes: [...attributes, ...this.#auth.attributes],
      });
      if (challenges === MAX_CHALLENGES || !this.#takeChallenge(answer)) return answer;
    }
  }

  /** True if the answer asks for a credential, or for another nonce, so that trying again may help. */
  #takeChallenge(answer: StunMessage): boolean {
    const code = answer.class === "error" ? errorOf(answer)?.code : undefined;
    const asks = (code === UNAUTHORIZED && !this.authenticated) || code === STALE_NONCE;
    const realm = textOf(answer, AttributeType.realm);
    const nonce = textOf(answer, AttributeType.nonce);
    if (!asks || realm === undefined || nonce === undefined) return false;
    const { username, password } = this.#credential;
    this.#auth = {
      key: longTermKey(username, realm, password),
      attributes: [
        text(AttributeType.username, username),
        text(AttributeType.realm, realm),
        text(AttributeType.nonce, nonce),
      ],
    };
    return true;
  }
}

export const UNAUTHORIZED = 401;
const STALE_NONCE = 438;

function codedErrorOf(answer: StunMessage): StunError {
  const error = errorOf(answer);
  if (error === null) throw new TurnFailure("not-stun", "the answer is an error without ERROR-CODE");
  return error;
}

async function withClient<Outcome>(
  target: Target,
  options: ClientOptions,
  probe: (client: StunClient) => Promise<Outcome>,
): Promise<Outcome | Failed> {
  const client = new StunClient(target, options);
  try {
    return await probe(client);
  } catch (error) {
    if (!(error instanceof TurnFailure)) throw error;
    return { result: "failed", failure: error };
  } finally {
    client.close();
  }
}
