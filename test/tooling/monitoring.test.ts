import { beforeAll, describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { baseName, everyMetric, type Metric } from "../support/every-metric.ts";
import { namedIn } from "../support/promql.ts";

const root = resolve(import.meta.dir, "../..");
const read = (path: string): string => readFileSync(resolve(root, path), "utf8");

interface Rule {
  readonly alert: string;
  readonly expr: string;
  readonly for?: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}
interface Panel {
  readonly id: number;
  readonly type: string;
  readonly title: string;
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
  readonly datasource?: { readonly uid: string };
  readonly targets?: readonly { readonly expr: string; readonly legendFormat: string }[];
}

const { groups } = Bun.YAML.parse(read("deploy/prometheus/rules.yaml")) as {
  groups: readonly { readonly name: string; readonly rules: readonly Rule[] }[];
};
const rules = groups.flatMap((group) => group.rules);
const dashboard = JSON.parse(read("deploy/grafana/rendezvous.json")) as {
  readonly panels: readonly Panel[];
  readonly templating: { readonly list: readonly { readonly name: string; readonly definition?: string }[] };
};
const panels = dashboard.panels.filter(({ type }) => type !== "row");
const document = read("docs/metrics.md");

/** What Prometheus adds by itself. */
const OF_PROMETHEUS = { metrics: ["up"], labels: ["instance", "job"] };

let known: ReadonlyMap<string, Metric>;
beforeAll(async () => {
  known = await everyMetric();
});

/** What an expression, or a text about its result, names that no server has. */
function unknownIn(expression: string, text = ""): readonly string[] {
  const { metrics, labels } = namedIn(expression);
  const used = metrics.filter((name) => !OF_PROMETHEUS.metrics.includes(name));
  const bases = used.map((name) => baseName(name, (base) => known.has(base)));
  const has = new Set([...OF_PROMETHEUS.labels, ...bases.flatMap((base) => [...(known.get(base)?.labels ?? [])])]);
  const shown = [...text.matchAll(/\{\{\s*(?:\$labels\.)?(\w+)\s*\}\}/g)].map(([, label]) => label!);
  const wrong = used.filter((name, at) => {
    const type = known.get(bases[at]!)?.type;
    // A histogram has nothing under its own name.
    return type === undefined || (type === "histogram") === (name === bases[at]);
  });
  return [...wrong, ...[...labels, ...shown].filter((label) => !has.has(label))];
}

describe("the names in an expression", () => {
  test("are found wherever they stand", () => {
    const quantile = 'histogram_quantile(0.9, sum by (le, zone) (rate(a_bucket{b=~"c{d}", e!="f"}[5m])))';
    expect(namedIn(quantile)).toEqual({ metrics: ["a_bucket"], labels: ["b", "e", "le", "zone"] });
    expect(namedIn("max(a) / on (i) b offset 5m > 0.2 and c == 1e3").metrics).toEqual(["a", "b", "c"]);
  });

  test("that no server has are noticed", () => {
    expect(unknownIn("sum(rate(rendezvous_gone_total[5m]))")).toEqual(["rendezvous_gone_total"]);
    expect(unknownIn('sum by (host) (rendezvous_hosts{stage="idle"})')).toEqual(["stage", "host"]);
    expect(unknownIn("rendezvous_hosts", "{{ $labels.region }}")).toEqual(["region"]);
    expect(unknownIn("rendezvous_ticket_wait_seconds")).toEqual(["rendezvous_ticket_wait_seconds"]);
    expect(unknownIn("rendezvous_nodes_bucket")).toEqual(["rendezvous_nodes_bucket"]);
    expect(unknownIn("rate(rendezvous_ticket_wait_seconds_count[5m])")).toEqual([]);
  });
});

test("docs/metrics.md has a row for every metric, with its labels, and for no other", () => {
  const rows = [...document.matchAll(/^\| `(\w+)` \|([^|]*)\|[^|]+\|[^|]+\|[^|]+\|$/gm)];
  const said = rows.map(([, name, labels]) => [name, [...labels!.matchAll(/\w+/g)].map(([label]) => label)] as const);
  const had = [...known].map(([name, { labels }]) => [name, [...labels].filter((label) => label !== "le")] as const);
  const sorted = (list: readonly (readonly [string | undefined, readonly string[]])[]) =>
    Object.fromEntries(list.map(([name, labels]) => [name!, labels.toSorted()]));
  expect(sorted(said)).toEqual(sorted(had));
  expect(new Set(said.map(([name]) => name)).size).toBe(said.length);
});

describe("the alert rules", () => {
  for (const { alert, expr, labels, annotations, ...rule } of rules) {
    test(`${alert} names what there is, how bad it is and what to do`, () => {
      expect(unknownIn(expr, Object.values(annotations).join(" "))).toEqual([]);
      expect(labels["severity"]).toMatch(/^(?:critical|warning|info)$/);
      expect(rule.for ?? "1m").toMatch(/^\d+[smh]$/);
      expect([annotations["summary"], annotations["description"]].every((text) => (text?.length ?? 0) > 10)).toBe(true);
    });
  }

  test("have names of their own", () => {
    expect(new Set(rules.map(({ alert }) => alert)).size).toBe(rules.length);
    expect(new Set(groups.map(({ name }) => name)).size).toBe(groups.length);
  });

  test("watch every metric for which the document names an alert", () => {
    const watched = new Set(
      rules.flatMap(({ expr }) => namedIn(expr).metrics.map((name) => baseName(name, (base) => known.has(base)))),
    );
    const promised = [...document.matchAll(/^\| `(\w+)` \|.*\| ([^|]+) \|$/gm)].filter(
      ([, , alert]) => alert !== "none",
    );
    expect(promised.map(([, name]) => name!).filter((name) => !watched.has(name))).toEqual([]);
  });
});

describe("the dashboard", () => {
  for (const { title, targets = [], datasource } of panels) {
    test(`"${title}" shows what there is, of the source that was chosen`, () => {
      expect(datasource?.uid).toBe("${datasource}");
      expect(targets.length).toBeGreaterThan(0);
      for (const { expr, legendFormat } of targets) {
        const spelled = expr.replaceAll("$__rate_interval", "5m").replaceAll("$instance", ".*");
        expect(unknownIn(spelled, legendFormat)).toEqual([]);
      }
    });
  }

  test("asks for the nodes by a metric that there is", () => {
    const { definition = "" } = dashboard.templating.list.find(({ name }) => name === "instance")!;
    const [, metric = "", label] = /^label_values\((\w+), (\w+)\)$/.exec(definition) ?? [];
    expect([known.has(metric), label]).toEqual([true, "instance"]);
  });

  test("puts no panel onto another", () => {
    const cells = dashboard.panels.flatMap(({ gridPos: { x, y, w, h } }) =>
      Array.from({ length: w * h }, (_, at) => `${x + (at % w)},${y + Math.floor(at / w)}`),
    );
    expect(new Set(cells).size).toBe(cells.length);
    expect(dashboard.panels.every(({ gridPos: { x, w } }) => x + w <= 24)).toBe(true);
    expect(new Set(dashboard.panels.map(({ id }) => id)).size).toBe(dashboard.panels.length);
  });
});
