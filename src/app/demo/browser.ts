/** Opens a page in the user's browser, if there is one to be seen. False if not; it never fails. */
export function openBrowser(url: string): boolean {
  const command = opener(process.platform, process.env);
  if (command === null || Bun.which(command[0]) === null) return false;
  try {
    Bun.spawn([...command, url], { stdin: "ignore", stdout: "ignore", stderr: "ignore", detached: true }).unref();
    return true;
  } catch {
    return false;
  }
}

/** What opens pages on a system; null where nobody could see them. */
export function opener(
  platform: NodeJS.Platform,
  env: Readonly<Record<string, string | undefined>>,
): readonly [string, ...string[]] | null {
  if (platform === "darwin") return ["open"];
  if (platform === "win32") return ["explorer"];
  return env["DISPLAY"] || env["WAYLAND_DISPLAY"] ? ["xdg-open"] : null;
}
