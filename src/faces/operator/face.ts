import type { Face } from "../../transport/face.ts";
import { plainRefusal } from "../../transport/http/route.ts";
import type { RequestLimit } from "../../transport/limits/limit.ts";
import { groupDoc } from "./docs.ts";
import { operatorRoutes, type OperatorRoutesOptions } from "./routes.ts";

export interface OperatorFaceOptions extends OperatorRoutesOptions {
  readonly limit: RequestLimit | undefined;
}

/** What only operators may do, whichever faces are served. */
export function operatorFace(options: OperatorFaceOptions): Face {
  return {
    name: "operator",
    http: [
      {
        name: "operators",
        routes: operatorRoutes(options),
        prefixes: ["/admin/forget"],
        crossOrigin: false,
        limit: options.limit,
        doc: groupDoc,
        refuse: plainRefusal,
      },
    ],
  };
}
