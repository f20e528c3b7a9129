import type { ErrorKind, ErrorLog } from "../../../core/observation/error-log.ts";
import { SOMEBODY_FORGOTTEN, type AuditEntry, type AuditRecords } from "../../../ports/audit-records.ts";
import { readNumber } from "../cursor.ts";
import { BITE, localPage, onlyOf, plain, sift, type Source } from "../source.ts";
import { KINDS, type Item, type Kind } from "../wire.ts";

/** What went wrong on this node lately. */
export function errorSource(errors: ErrorLog, node: string): Source {
  return {
    kind: "errors",
    face: null,
    states: [],
    isLocal: true,
    page: (query) =>
      localPage(new Map(errors.all().map((one) => [one.id, () => errorItem(one, node)] as const)), query),
    search: async (text) =>
      errors
        .all()
        .filter(({ request }) => request === text)
        .map((one) => errorItem(one, node)),
    async find(id) {
      const kind = errors.all().find((one) => one.id === id);
      if (kind === undefined) return null;
      const entry = (at: number, what: string) => ({ at, node, what, detail: null });
      return { item: errorItem(kind, node), history: [entry(kind.since, "first"), entry(kind.at, "last")] };
    },
  };
}

const outcomes = ["done", "refused", "failed", "begun"] as const;

/** What operators have done. */
export function auditSource(audit: AuditRecords): Source {
  return {
    kind: "audit",
    face: null,
    states: outcomes,
    isLocal: false,
    page: (query) =>
      sift(query, async (from) => {
        const outcome = onlyOf(outcomes, query);
        const rows = await audit.list({ outcome, ...(from === null ? {} : { before: readNumber(from) }), limit: BITE });
        const found = rows.map((entry) => ({ item: auditItem(entry), after: `${entry.id}` }));
        return { found, next: rows.length < BITE ? null : `${rows.at(-1)!.id}` };
      }),
    async find(id) {
      const entry = /^\d{1,15}$/.test(id) ? await audit.find(Number(id)) : null;
      return entry && { item: auditItem(entry) };
    },
  };
}

function errorItem({ id, at, since, text, route, count, request }: ErrorKind, node: string): Item {
  return {
    ...plain,
    kind: "errors",
    id,
    label: text,
    node,
    since: at,
    fields: { route, count, firstAt: since, lastRequest: request },
    links: [{ as: "node", kind: "nodes", id: node }],
  };
}

function auditItem({ id, at, who, action, kind, target, outcome, detail }: AuditEntry): Item {
  return {
    ...plain,
    kind: "audit",
    id: `${id}`,
    label: `${action} ${target}`,
    state: outcome,
    since: at,
    fields: { who, action, kind, target, detail },
    links: isKind(kind) && target !== SOMEBODY_FORGOTTEN ? [{ as: "target", kind, id: target }] : [],
  };
}

function isKind(kind: string): kind is Kind {
  return KINDS.some((one) => one === kind);
}
