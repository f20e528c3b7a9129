import type { Namespace, Socket } from "socket.io";
import { SmallMap } from "./small-map.ts";

// A connection that says nothing is small, and there are many. The maps that the engine and Socket.IO have for each of them
// would take more memory than all that is ours of it.

/** Who listens to a connection of the engine, or to what it travels on. Whoever listens already is forgotten. */
export function keepListenersSmall(emitter: object): void {
  Object.assign(emitter, { _listeners: new SmallMap() });
}

/**
 * The sockets of a client, of which there is never more than one: no other namespace takes any, and a client that has one, or
 * asks for one, is let ask for no other (Lobby). So there is none while they are replaced.
 */
export function keepSocketsSmall(namespace: Namespace): void {
  namespace.use(({ client }: Socket, next) => {
    Object.assign(client, { sockets: new SmallMap(), nsps: new SmallMap() });
    next();
  });
}
