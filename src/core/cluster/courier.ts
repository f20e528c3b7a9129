/** What a node does with what another one asks of it. An error goes back to the asker; a refusal keeps its code. */
export type Serve = (body: string, from: string) => string | Promise<string>;

/** The other node is gone, or does not answer: whether it has heard cannot be known. */
export class NodeUnreachable extends Error {
  constructor(node: string) {
    super(`node ${node} does not answer`);
    this.name = "NodeUnreachable";
  }
}

/** How long an answer may take unless the asker says otherwise, in ms. */
export const ASK_MS = 4_000;

/**
 * Carries questions and answers between the nodes of a cluster; a node may also ask itself.
 *
 * Delivery: what is asked is heard once, or the asker gets an error; an answer says that it was heard. Order: what one
 * node asks of another is heard in that order (the answers may come in any). Bounded: past its limits a courier refuses
 * at once rather than keep more.
 */
export interface Courier {
  /** The node this is the courier of. */
  readonly node: string;
  /** Says who answers what is asked under `topic`. Called in order, without waiting for the answer before. */
  serve(topic: string, handle: Serve): void;
  /**
   * The answer of `node`.
   *
   * @throws {NodeUnreachable}
   * @throws {StoreUnavailable} if the store that connects the nodes is away
   * @throws {DomainError} what the other node refused with
   */
  ask(node: string, topic: string, body: string, withinMs?: number): Promise<string>;
}
