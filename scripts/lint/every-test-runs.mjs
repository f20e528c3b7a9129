// Rule rendezvous/every-test-runs: no test is left out by hand. `test.skipIf`, with a reason beside it, is allowed.

const RUNNERS = ["test", "it", "describe"];
const LEAVES_OUT = ["skip", "only", "todo", "failing"];

export const everyTestRuns = {
  meta: { type: "problem", schema: [] },
  create(context) {
    return {
      MemberExpression(node) {
        const { object, property } = node;
        if (object.type !== "Identifier" || !RUNNERS.includes(object.name) || !LEAVES_OUT.includes(property.name))
          return;
        context.report({ node, message: `${object.name}.${property.name} leaves tests out.` });
      },
    };
  },
};
