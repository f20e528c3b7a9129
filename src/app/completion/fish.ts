import type { Choices, Known, KnownFlag } from "./known.ts";

/** A script for fish 3 and newer. */
export function fishCompletion({ commands, settings }: Known): string {
  const names = commands.map(({ name }) => name).join(" ");
  const reading = commands.filter((one) => one.settings).map(({ name }) => name);
  const lines = commands.flatMap(({ name, summary, flags, argument }) => {
    // Help takes the names of the others, which are no commands then.
    const behind = name === "help" ? seen([name]) : `${seen([name])}; and not ${seen(["help"])}`;
    return [
      `complete -c rendezvous -n 'not ${seen([names])}' -a ${name} -d ${quoted(summary)}`,
      ...(argument === null ? [] : [`complete -c rendezvous -n '${behind}'${offer(argument)}`]),
      ...flags.map((flag) => flagLine(behind, flag)),
    ];
  });
  return `# Completes rendezvous in fish.
complete -c rendezvous -f
${lines.join("\n")}
${settings.map((flag) => flagLine(`${seen(reading)}; and not ${seen(["help"])}`, flag)).join("\n")}
`;
}

function seen(commands: readonly string[]): string {
  return `__fish_seen_subcommand_from ${commands.join(" ")}`;
}

function flagLine(when: string, { name, about, value }: KnownFlag): string {
  const taking = value === null ? "" : ` -r${offer(value)}`;
  return `complete -c rendezvous -n '${when}' -l ${name}${taking} -d ${quoted(about)}`;
}

function offer({ words, isFile }: Choices): string {
  return isFile ? " -F" : words.length > 0 ? ` -f -a ${quoted(words.join(" "))}` : " -f";
}

function quoted(text: string): string {
  return `'${text.replace(/['\\]/g, String.raw`\$&`)}'`;
}
