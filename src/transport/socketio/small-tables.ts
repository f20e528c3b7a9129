import type { Namespace, Socket } from "socket.io";
import { SmallMap } from "./small-map.ts";

// A connection that says nothing is small, and there are many. The maps that the engine and Socket.IO have for each of them
// would take more memory than all that is ours of it, so that each is replaced before it holds anything.

/** Who listens to a connection of the engine, or to what it travels on. To be called while nobody has to. */
export function keepListenersSmall(emitter: object): void {
  Object.assign(emitter, { _listeners: new SmallMap() });
}

/** The sockets of a client, of which there is one: no other namespace takes any. */
export function keepSocketsSmall(namespace: Namespace): void {
  namespace.use(({ client }: Socket, next) => {
    Object.assign(client, { sockets: new SmallMap(), nsps: new SmallMap() });
    next();
  });
}
