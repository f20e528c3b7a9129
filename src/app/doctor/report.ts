import type { Style } from "../terminal.ts";
import type { Finding } from "./finding.ts";

const styles = { ok: "green", warn: "yellow", fail: "red" } as const satisfies Record<Finding["level"], Style>;

/** Prints findings, for people or as one JSON document. */
export function printFindings(
  findings: readonly Finding[],
  out: {
    readonly json: boolean;
    write(line: string): void;
    paint?(style: Style, text: string): string;
  },
): void {
  if (out.json) {
    out.write(JSON.stringify({ ok: exitCodeOf(findings) === 0, findings }, null, 2));
    return;
  }
  const { paint = (_, text) => text } = out;
  for (const { level, subject, sentence, advice } of findings) {
    out.write(`${paint(styles[level], level.toUpperCase().padEnd(4))}  ${subject}`);
    out.write(`      ${sentence}`);
    if (advice !== null) out.write(`      ${advice}`);
  }
}

/** 1 if something will not work, 0 otherwise, warnings included. */
export function exitCodeOf(findings: readonly Finding[]): number {
  return findings.some((finding) => finding.level === "fail") ? 1 : 0;
}
