import { quoted, typed, type Known, type KnownCommand, type KnownFlag } from "./known.ts";

/** A script for bash 4 and newer that needs nothing else. */
export function bashCompletion({ commands, settings }: Known): string {
  const names = commands.map(({ name }) => name);
  return `# Completes rendezvous in bash.
_rendezvous() {
  local word=\${COMP_WORDS[COMP_CWORD]} before=\${COMP_WORDS[COMP_CWORD - 1]} command='' flags='' words='' at
  local settings=${quoted(typed(settings).join(" "))}
  for ((at = 1; at < COMP_CWORD; at++)); do
    case \${COMP_WORDS[at]} in
      ${names.join(" | ")}) command=\${COMP_WORDS[at]}; break ;;
    esac
  done
  COMPREPLY=()
  case $before in
${valueCases([...commands.flatMap(({ flags }) => flags), ...settings]).join("\n")}
  esac
  case $command in
${commands.map(commandCase).join("\n")}
    *) words=${quoted(names.join(" "))}; flags="--help --version $settings" ;;
  esac
  if [[ $word == -* ]]; then words=$flags; fi
  COMPREPLY=($(compgen -W "$words" -- "$word"))
}
complete -o default -F _rendezvous rendezvous
`;
}

/** Behind a flag that takes a value; what is no list of words is left to the shell, which offers files. */
function valueCases(flags: readonly KnownFlag[]): readonly string[] {
  const words = new Map<string, readonly string[]>();
  for (const { name, value } of flags) {
    if (value !== null) words.set(`--${name}`, [...(words.get(`--${name}`) ?? []), ...value.words]);
  }
  const free = [...words].filter(([, listed]) => listed.length === 0).map(([flag]) => flag);
  return [
    ...[...words]
      .filter(([, listed]) => listed.length > 0)
      .map(
        ([flag, listed]) => `    ${flag}) COMPREPLY=($(compgen -W ${quoted(listed.join(" "))} -- "$word")); return ;;`,
      ),
    `    ${free.join(" | ")}) return ;;`,
  ];
}

function commandCase({ name, flags, settings, argument }: KnownCommand): string {
  const offered = `${typed(flags).join(" ")}${settings ? " $settings" : ""}`;
  return `    ${name}) words=${quoted(argument?.words.join(" ") ?? "")}; flags="${offered}" ;;`;
}
