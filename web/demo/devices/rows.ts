// Lists of rows: a text on the left, a note behind it, buttons on the right.

export interface Row {
  readonly text: string;
  readonly note?: string;
  readonly actions: readonly { readonly label: string; run(): void }[];
}

/** Shows these rows. Texts are never HTML: others wrote them. */
export function showRows(list: HTMLElement, rows: readonly Row[]): void {
  list.replaceChildren(
    ...rows.map(({ text, note, actions }) => {
      const row = element("li");
      row.append(element("span", text));
      if (note !== undefined) row.append(element("span", note, "quiet"));
      const buttons = element("span", "", "actions");
      for (const { label, run } of actions) {
        const button = element("button", label);
        button.setAttribute("aria-label", `${label}: ${text}`);
        button.onclick = run;
        buttons.append(button);
      }
      row.append(buttons);
      return row;
    }),
  );
}

function element<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  text = "",
  className = "",
): HTMLElementTagNameMap[Tag] {
  const made = document.createElement(tag);
  made.textContent = text;
  made.className = className;
  return made;
}
