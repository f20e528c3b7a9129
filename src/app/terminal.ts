/** Where a text goes, as far as colours go. */
interface Stream {
  readonly isTTY?: boolean;
}

type Env = Readonly<Record<string, string | undefined>>;

/**
 * Whether to write in colours: on a terminal. NO_COLOR (no-color.org) takes them away and FORCE_COLOR brings them where
 * there is none; a text that is empty counts as unset.
 */
export function hasColours(stream: Stream, env: Env = process.env): boolean {
  if (env["NO_COLOR"]) return false;
  const { FORCE_COLOR: forced } = env;
  if (forced) return forced !== "0" && forced !== "false";
  return stream.isTTY === true && env["TERM"] !== "dumb";
}

const codes = { bold: [1, 22], red: [31, 39], green: [32, 39], yellow: [33, 39] } as const;

export type Style = keyof typeof codes;

/** Puts texts in a style if they go where colours may. */
export function painter(stream: Stream, env: Env = process.env): (style: Style, text: string) => string {
  const isOn = hasColours(stream, env);
  return (style, text) => {
    const [on, off] = codes[style];
    return isOn ? `\u001B[${on}m${text}\u001B[${off}m` : text;
  };
}
