/** A TCP connection's way from a node to a store, which a fault can do something to. */
export interface Line {
  /** Where the node connects to, on the loopback. */
  readonly port: number;
  /** Ends all connections and refuses new ones, until healed. */
  cut(): void | Promise<void>;
  /** As if nothing had been; connections that were ended stay so. */
  heal(): void | Promise<void>;
  stop(): void | Promise<void>;
}

/** Makes a line to a port of the loopback. */
export type LayLine<L extends Line> = (to: number) => Promise<L>;
