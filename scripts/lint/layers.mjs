// Rule rendezvous/layers: who may import whom (DESIGN: core at the bottom, faces thin, app on top).
import { dirname, relative, resolve, sep } from "node:path";

/**
 * What the files of a layer may import, by paths relative to the root. `own` stands for the folder the file is in, one
 * level below its layer (a face's own folder). `types` may be imported as types only, so that nothing of it runs.
 */
const LAYERS = [
  { layer: "src/core", may: ["src/core", "src/ports"] },
  { layer: "src/ports", may: ["src/ports"], types: ["src/core"] },
  { layer: "src/adapters", may: ["own", "src/ports"] },
  { layer: "src/faces", may: ["own", "src/core", "src/ports", "src/transport"] },
  { layer: "src/transport", may: ["src/transport", "src/ports/clock.ts", "src/ports/random.ts"] },
  { layer: "src/app", may: ["src", "package.json"] },
  { layer: "src/main.ts", may: ["src"] },
  { layer: "web", may: ["web", "client"], types: ["src/faces"] },
  { layer: "client", may: ["client"] },
];

export const layers = {
  meta: { type: "problem", schema: [] },
  create(context) {
    const file = relative(context.cwd, context.filename).split(sep).join("/");
    const rule = LAYERS.find(({ layer }) => isIn(layer, file));
    if (rule === undefined) return {};
    const own = file.split("/").slice(0, 3).join("/");
    const may = rule.may.map((path) => (path === "own" ? own : path));

    const check = (node) => {
      const specifier = node.source?.value;
      if (typeof specifier !== "string" || !specifier.startsWith(".")) return;
      const target = relative(context.cwd, resolve(dirname(context.filename), specifier))
        .split(sep)
        .join("/");
      if (may.some((path) => isIn(path, target))) return;
      const asType = rule.types?.some((path) => isIn(path, target)) ?? false;
      if (asType && isTypeOnly(node)) return;
      const hint = asType ? "types only" : `only ${[...may, ...(rule.types ?? [])].join(", ")}`;
      context.report({ node, message: `${rule.layer} must not import ${target}: it may import ${hint}.` });
    };
    return {
      ImportDeclaration: check,
      ExportNamedDeclaration: check,
      ExportAllDeclaration: check,
      ImportExpression: check,
      TSImportType: (node) => check({ ...node, importKind: "type" }),
    };
  },
};

function isIn(folder, path) {
  return path === folder || path.startsWith(`${folder}/`);
}

function isTypeOnly(node) {
  return node.importKind === "type" || node.exportKind === "type";
}
