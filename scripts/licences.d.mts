export interface Package {
  readonly name: string;
  readonly version: string;
  readonly licence: string;
  readonly dev: boolean;
}
export function packagesOf(root: string): readonly Package[];
export function isAllowed(licence: string, dev?: boolean): boolean;
export function listed(packages: readonly Package[]): string;
