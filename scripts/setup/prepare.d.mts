export interface PrepareOptions {
  readonly gently?: boolean;
}
export function prepare(root: string, options?: PrepareOptions): Promise<void>;
