import type { RunningServer } from "../../test/support/server.ts";
import { sign } from "../../test/support/tokens.ts";
import { message } from "../../test/wire/devices-client.ts";

/** Devices of people who have one each, of servers that are started with the JWT_SECRET of the tests. */
export interface DeviceCrowd {
  /** Cuts all connections and opens them again at once, at the next server. Resolves when all are registered. */
  comeBack(): Promise<void>;
  leave(): void;
}

export async function deviceCrowd(servers: readonly RunningServer[], size: number): Promise<DeviceCrowd> {
  const registrations = await Promise.all(
    Array.from({ length: size }, async (_, at) => {
      const email = `person${at}@example.com`;
      const token = await sign({ email }, email);
      const fields = { event: "register", from_email: email, from_token: token, from_device: "phone" };
      return JSON.stringify(message({ ...fields, payload: { device_name: "phone", device_type: "mobile" } }));
    }),
  );
  let sockets: WebSocket[] = [];
  const leave = (): void => {
    for (const socket of sockets.splice(0)) {
      socket.onclose = null;
      socket.close();
    }
  };
  let turn = 0;
  const register = (server: RunningServer, registration: string): Promise<void> =>
    new Promise((registered, failed) => {
      const socket = new WebSocket(`${server.wsUrl}/socket/`);
      sockets.push(socket);
      socket.onopen = () => socket.send(registration);
      socket.onmessage = ({ data }) => {
        if (String(data).includes(`"status":"ok"`)) registered();
      };
      socket.onclose = ({ code, reason }) => failed(new Error(`a device was closed ${code} ${reason}`));
    });
  return {
    async comeBack() {
      leave();
      sockets = [];
      const server = servers[turn++ % servers.length]!;
      await Promise.all(registrations.map((registration) => register(server, registration)));
    },
    leave,
  };
}
