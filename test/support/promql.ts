/** What a PromQL expression names. */
export interface Named {
  /** With what a histogram adds, as they stand there. */
  readonly metrics: readonly string[];
  readonly labels: readonly string[];
}

/** Words of the language that stand where a metric could (prometheus.io/docs/prometheus/latest/querying). */
const WORDS = new Set(["and", "or", "unless", "by", "without", "on", "ignoring", "group_left", "group_right", "bool"]);
const MODIFIERS = new Set(["offset", "start", "end", "inf", "nan"]);

/** Lists the metrics and the labels of an expression, as far as dashboards and rules make use of the language. */
export function namedIn(expression: string): Named {
  const labels: string[] = [];
  const bare = expression
    // Texts, so that nothing in one is taken for a name.
    .replace(/"(?:[^"\\]|\\.)*"/g, '""')
    .replace(/\[[^\]]*\]/g, "")
    .replace(/\{([^}]*)\}/g, (_, matchers: string) => {
      for (const [, label] of matchers.matchAll(/(\w+)\s*(?:=~|!~|!=|=)/g)) labels.push(label!);
      return " ";
    })
    .replace(/\b(?:by|without|on|ignoring|group_left|group_right)\s*\(([^)]*)\)/g, (_, list: string) => {
      for (const [label] of list.matchAll(/\w+/g)) labels.push(label);
      return " ";
    });
  const metrics = [...bare.matchAll(/\b[A-Za-z_:][\w:]*\b(?!\s*\()/g)]
    .map(([word]) => word)
    .filter((word) => !WORDS.has(word) && !MODIFIERS.has(word.toLowerCase()));
  return { metrics, labels };
}
