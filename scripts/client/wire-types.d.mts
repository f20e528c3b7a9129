export const wireFile: string;
export function wireTypes(openapi: unknown, asyncapi: unknown): string;
