import type { Face } from "../../transport/face.ts";
import { plainRefusal } from "../../transport/http/route.ts";
import { groupDoc } from "./docs.ts";
import { operatorRoutes, type OperatorRoutesOptions } from "./routes.ts";

/** What only operators may do, whichever faces are served. */
export function operatorFace(options: OperatorRoutesOptions): Face {
  return {
    name: "operator",
    http: [
      {
        name: "operators",
        routes: operatorRoutes(options),
        prefixes: ["/admin/forget"],
        crossOrigin: false,
        doc: groupDoc,
        refuse: plainRefusal,
      },
    ],
  };
}
