/** What a node does with what another one asks of it. An error goes back to the asker; a refusal keeps its code. */
export type Serve = (body: string, from: string) => string | Promise<string>;

/** The other node is gone, or does not answer: whether it has heard cannot be known. */
export class NodeUnreachable extends Error {
  constructor(node: string, why = "does not answer") {
    super(`node ${node} ${why}`);
    this.name = "NodeUnreachable";
  }
}

/** Too much waits for the other node, or for all of them, already: this was not sent. */
export class NodeOverloaded extends NodeUnreachable {
  constructor(node: string) {
    super(node, "has too much to answer already");
    this.name = "NodeOverloaded";
  }
}

/** The other node has heard, and failed at it. What went wrong is in its log. */
export class NodeFailed extends Error {
  constructor(node: string) {
    super(`node ${node} failed`);
    this.name = "NodeFailed";
  }
}

/** How long an answer may take unless the asker says otherwise, and how long it may say, in ms. */
export const ASK_MS = 4_000;
export const LONGEST_ASK_MS = 60_000;

/**
 * Carries questions and answers between the nodes of a cluster; a node may also ask itself.
 *
 * Delivery: what is asked is heard once, or the asker gets an error; an answer says that it was heard. After an error it
 * may have been heard, but never later than something asked after it. Order: what one node asks of another is heard in
 * that order (the answers may come in any). Bounded: past its limits a courier refuses at once rather than keep more.
 */
export interface Courier {
  /** The node this is the courier of. */
  readonly node: string;
  /** Says who answers what is asked under `topic`. Called in order, without waiting for the answer before. */
  serve(topic: string, handle: Serve): void;
  /**
   * The answer of `node`, within `withinMs` (at most {@link LONGEST_ASK_MS}).
   *
   * @throws {NodeUnreachable} also for want of an answer in time, and as {@link NodeOverloaded}
   * @throws {StoreUnavailable} if the store that connects the nodes is away, here or where the other node needs one
   * @throws {DomainError} what the other node refused with
   * @throws {NodeFailed} if it failed otherwise
   */
  ask(node: string, topic: string, body: string, withinMs?: number): Promise<string>;
}
