/**
 * Turns a document of `docs/` into HTML. Links between documents lead to their pages; those to other files of the
 * repository, which are not served, become plain text.
 *
 * @param path of the document, relative to `docs/`
 */
export function toHtml(text: string, path: string): string {
  const html = Bun.markdown.html(text, { autolinks: true, headings: { ids: true }, tagFilter: true });
  return new HTMLRewriter()
    .on("a[href]", {
      element(link) {
        const target = resolveLink(link.getAttribute("href") ?? "", path);
        if (target === null) link.removeAndKeepContent();
        else link.setAttribute("href", target);
      },
    })
    .on("img[src]", {
      element(image) {
        const target = resolveLink(image.getAttribute("src") ?? "", path);
        if (target === null) image.remove();
        else image.setAttribute("src", target);
      },
    })
    .transform(html);
}

/** Where a link leads on this server; null for files it does not serve. */
function resolveLink(href: string, path: string): string | null {
  if (href.startsWith("#") || /^[a-z][a-z\d+.-]*:/i.test(href)) return href;
  // Documents live below /repository/docs here, so that one level up is still somewhere and can be told apart.
  const { pathname, hash } = new URL(href, `http://localhost/repository/docs/${path}`);
  const inDocs = /^\/repository\/docs(\/.*|)$/.exec(pathname)?.[1];
  if (inDocs !== undefined) return `/docs${inDocs.replace(/\/$/, "").replace(/\.md$/, "")}${hash}`;
  // An address of this server, such as /demo.
  return href.startsWith("/") ? href : null;
}

/** The text of the first heading. */
export function titleOf(text: string): string | null {
  const heading = /^# +(.+?) *#*$/m.exec(text)?.[1];
  return heading === undefined ? null : heading.replace(/[`*]/g, "");
}
