// Rule rendezvous/runtime-neutral: nothing of Bun's own, so that Node can take over below the transport.

const MESSAGE = "Bun's own APIs belong in transport/, app/ and web/.";

export const runtimeNeutral = {
  meta: { type: "problem", schema: [] },
  create(context) {
    const check = (node) => {
      const module = node.source?.value;
      if (module === "bun" || module?.startsWith?.("bun:")) context.report({ node, message: `${module}: ${MESSAGE}` });
    };
    return {
      ImportDeclaration: check,
      ExportNamedDeclaration: check,
      ExportAllDeclaration: check,
      ImportExpression: check,
      Identifier(node) {
        if (node.name === "Bun" && !isMerelyAName(node)) context.report({ node, message: `Bun: ${MESSAGE}` });
      },
      MetaProperty(node) {
        const property = node.parent.type === "MemberExpression" ? node.parent.property.name : "";
        if (property === "dir" || property === "file" || property === "path") {
          context.report({ node, message: `import.meta.${property}: ${MESSAGE}` });
        }
      },
    };
  },
};

/** True for `x.Bun` and `{ Bun: 1 }` but not for `globalThis.Bun`. */
function isMerelyAName(node) {
  const { parent } = node;
  if (parent.type === "MemberExpression" && parent.property === node && !parent.computed) {
    return parent.object.name !== "globalThis";
  }
  return parent.type === "Property" && parent.key === node && parent.value !== node;
}
