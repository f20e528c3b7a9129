export interface Runnable {
  readonly bun: string;
  readonly program: string;
}
export function preparedFolder(root: string): string;
export function preparationFile(root: string): string;
export function findPrepared(root: string): Runnable | null;
export function isFirst(root: string): boolean;
