import { quoted, type Choices, type Known, type KnownCommand, type KnownFlag } from "./known.ts";

/** A script for zsh, to be found in $fpath or sourced behind compinit. */
export function zshCompletion({ commands, settings }: Known): string {
  const described = commands.map(({ name, summary }) => quoted(`${name}:${summary}`));
  return `#compdef rendezvous
# Completes rendezvous in zsh.
_rendezvous() {
  local -a commands=(
    ${described.join("\n    ")}
  )
  local -a settings=(
    ${settings.map(spec).join("\n    ")}
  )
  local command='' word
  for word in \${words[2,CURRENT-1]}; do
    case $word in
      (${commands.map(({ name }) => name).join("|")}) command=$word; break ;;
    esac
  done
  case $command in
${commands.map(commandCase).join("\n")}
    (*) if [[ $words[CURRENT] == -* ]]; then _arguments '--help' '--version' $settings; else _describe command commands; fi ;;
  esac
}
if [[ $funcstack[1] == _rendezvous ]]; then _rendezvous "$@"; else compdef _rendezvous rendezvous; fi
`;
}

function commandCase({ name, flags, settings, argument }: KnownCommand): string {
  const specs = [
    quoted("1:command: "),
    ...(argument === null ? [] : [quoted(`2:argument:${action(argument)}`)]),
    ...flags.map(spec),
    ...(settings ? ["$settings"] : []),
  ];
  return [`    (${name}) _arguments`, ...specs].join(" \\\n      ") + " ;;";
}

function spec({ name, about, value }: KnownFlag): string {
  const text = `*--${name}[${about.replace(/[[\]\\]/g, String.raw`\$&`)}]`;
  return quoted(value === null ? text : `${text}:value:${action(value)}`);
}

function action({ words, isFile }: Choices): string {
  return isFile ? "_files" : words.length > 0 ? `(${words.join(" ")})` : " ";
}
