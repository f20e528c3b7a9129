/** What doctor found out about one thing. */
export interface Finding {
  readonly level: "ok" | "warn" | "fail";
  /** The URL or the setting it is about. */
  readonly subject: string;
  /** What is so. */
  readonly sentence: string;
  /** What to do about it; null where nothing is to be done. */
  readonly advice: string | null;
}

export const ok = (subject: string, sentence: string): Finding => ({ level: "ok", subject, sentence, advice: null });

export const warn = (subject: string, sentence: string, advice: string): Finding => ({
  level: "warn",
  subject,
  sentence,
  advice,
});

export const fail = (subject: string, sentence: string, advice: string): Finding => ({
  level: "fail",
  subject,
  sentence,
  advice,
});
