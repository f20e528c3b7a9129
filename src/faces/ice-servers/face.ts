import { plainRefusal } from "../../transport/http/route.ts";
import type { Face } from "../../transport/face.ts";
import { groupDoc } from "./docs.ts";
import { iceServersRoutes, type IceServersRoutesOptions } from "./routes.ts";

export type IceServersFaceOptions = IceServersRoutesOptions;

/** STUN and TURN servers for clients whose protocol hands out none, or whose credentials run out. */
export function iceServersFace(options: IceServersFaceOptions): Face {
  return {
    name: "ice-servers",
    http: [
      {
        name: "ice-servers",
        routes: iceServersRoutes(options),
        prefixes: ["/api/ice-servers"],
        crossOrigin: true,
        doc: groupDoc,
        refuse: plainRefusal,
      },
    ],
  };
}
