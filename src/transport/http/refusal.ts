/**
 * Every way the transport itself refuses a request, before any face is asked. Faces put these into their own words
 * and shape; `docs/errors.md` lists them all, and a test keeps it so.
 */
export const refusals = {
  bad_json: { status: 400, message: "The body is not valid JSON." },
  invalid_field: { status: 400, message: "A field is missing or has the wrong form." },
  token_required: { status: 401, message: "This takes a token: Authorization: Bearer …" },
  forbidden: { status: 403, message: "The token does not allow this." },
  unknown_path: { status: 404, message: "Not found" },
  method_not_allowed: { status: 405, message: "Method not allowed" },
  body_too_large: { status: 413, message: "The body is too large." },
  packed_body: { status: 415, message: "A body must come as it is, without Content-Encoding." },
  upgrade_required: { status: 426, message: "This path speaks WebSocket." },
  rate_limited: { status: 429, message: "Too many requests; try again later." },
  overloaded: { status: 503, message: "The server has too much to do; try again shortly." },
  restarting: { status: 503, message: "The server is restarting; connect again." },
  too_many_sockets: { status: 503, message: "There are too many connections right now; try again shortly." },
  internal: { status: 500, message: "Internal server error" },
} as const satisfies Record<string, { readonly status: number; readonly message: string }>;

export type RefusalCode = keyof typeof refusals;

/** One thing that is wrong with a request, for documents that list them all. */
export interface Issue {
  /** Begins with `path`, `query` or `body`; then names of fields and places in lists, or the offset at which JSON breaks. */
  readonly path: readonly (string | number)[];
  /** The kind: a code of the schemas, or whatever the schema itself calls it. */
  readonly kind: string;
  readonly message: string;
  /** What stands there; if nothing does, what it is missing from. */
  readonly input?: unknown;
  /** What else belongs to the kind, such as the limit that was passed. */
  readonly context?: Readonly<Record<string, unknown>> | undefined;
}

/** What a face needs to know of an error to put it into its document's words. */
export interface Problem {
  readonly code: string;
  readonly status: number;
  readonly message: string;
  /** Everything that was wrong, where the message names only the first. */
  readonly issues?: readonly Issue[] | undefined;
}

/** A request refused by the transport. */
export class Refusal extends Error implements Problem {
  readonly code: RefusalCode;
  readonly status: number;
  readonly issues: readonly Issue[] | undefined;

  constructor(code: RefusalCode, message: string = refusals[code].message, issues?: readonly Issue[]) {
    super(message);
    this.name = "Refusal";
    this.code = code;
    this.status = refusals[code].status;
    this.issues = issues;
  }
}

/** The problem an error stands for; null when nobody meant it, so that it is logged and answered as internal. */
export function problemOf(error: unknown): Problem | null {
  if (!(error instanceof Error)) return null;
  const { code, status } = error as Partial<Problem>;
  return typeof code === "string" && typeof status === "number" ? (error as Error & Problem) : null;
}
