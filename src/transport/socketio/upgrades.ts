import type { Socket } from "@socket.io/bun-engine/dist/socket.js";
import type { WebSocketData } from "@socket.io/bun-engine/dist/transports/websocket.js";
import type { ServerWebSocket } from "bun";
import { ANY_MESSAGE, TOO_MANY } from "../limits/meter.ts";
import type { Door, SocketData } from "../websocket/mux.ts";
import { meterOn, setMeter } from "./accept.ts";

/** The packets with which a client goes from polling to a WebSocket (Engine.IO 4), in this order. */
const [PROBE, UPGRADE] = ["2probe", "5"];

/** A packet that the engine expects in no upgrade. */
const UNEXPECTED = "6";

/** RFC 6455: against the protocol. */
const NO_STEP = { code: 1002, reason: "no step of an upgrade" } as const;

/** A WebSocket on which a session wants to go on that polls. */
interface Upgrade {
  readonly session: Socket;
  ws: ServerWebSocket<SocketData> | null;
  isProbed: boolean;
}

/** The WebSockets on which sessions want to go on that poll. */
export interface Upgrades {
  /** What is to hang on such a WebSocket; null: the session may not upgrade. The engine lets each try once. */
  begin(session: Socket | undefined, transport: WebSocketData["transport"]): (SocketData & WebSocketData) | null;
  /** To be called for each session that is over. */
  end(session: Socket): void;
}

/**
 * Lets the engine see of an upgrade what the protocol allows and nothing else, and counts its frames as messages of the
 * session. The engine itself would start a timer for each probe and stop the last of them alone. `door` takes the socket
 * from the last step on, so that what comes over it then costs no more than on any other.
 */
export function createUpgrades(door: Door): Upgrades {
  const underway = new Map<Socket, Upgrade>();
  const upgradeOf = (ws: ServerWebSocket<SocketData>): Upgrade => ws.data.state as Upgrade;

  const upgrading: Door = {
    ...door,
    open(ws) {
      const upgrade = upgradeOf(ws);
      upgrade.ws = ws;
      underway.set(upgrade.session, upgrade);
      return door.open(ws);
    },
    message(ws, message) {
      const upgrade = upgradeOf(ws);
      const { session, isProbed } = upgrade;
      if (!meterOn(session).take(ANY_MESSAGE)) return ws.close(TOO_MANY.code, TOO_MANY.reason);
      if (message !== (isProbed ? UPGRADE : PROBE)) return ws.close(NO_STEP.code, NO_STEP.reason);
      upgrade.isProbed = true;
      if (isProbed) {
        underway.delete(session);
        Object.assign(ws.data, { door, state: (ws.data as SocketData & WebSocketData).transport });
      }
      return door.message(ws, message);
    },
    close(ws, code, reason) {
      underway.delete(upgradeOf(ws).session);
      // The engine's patience, a timer that holds the session, ends early for this alone.
      void door.message(ws, UNEXPECTED);
      return door.close(ws, code, reason);
    },
  };

  return {
    begin(session, transport) {
      if (session === undefined || !mayUpgrade(session)) return null;
      setMeter(transport, meterOn(session));
      return { door: upgrading, state: { session, ws: null, isProbed: false } satisfies Upgrade, transport };
    },
    end: (session) => underway.get(session)?.ws?.close(1000, "session closed"),
  };
}

function mayUpgrade(session: Socket): boolean {
  const { upgradeState } = session as unknown as { readonly upgradeState: string };
  return upgradeState === "not_upgraded" && session.readyState === "open" && session.transport.name === "polling";
}
