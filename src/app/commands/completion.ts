import { command } from "./command.ts";

export const shells = ["bash", "zsh", "fish"] as const;

export const completion = command({
  name: "completion",
  summary: "print a script that completes commands and flags in a shell",
  args: [{ name: "SHELL", about: "whose", isNeeded: true, choices: shells }],
  more: `It completes the name rendezvous, which npm link or an alias puts on your path. Where each shell looks for it:
  bash  ~/.local/share/bash-completion/completions/rendezvous
  zsh   _rendezvous in a folder of $fpath
  fish  ~/.config/fish/completions/rendezvous.fish`,
  examples: ["completion bash > ~/.local/share/bash-completion/completions/rendezvous", "completion fish"],
  load: async () => (await import("../completion/completion-command.ts")).completionCommand,
});
