/** One numbered step of a store's schema. */
export interface MigrationState {
  readonly number: number;
  readonly name: string;
  /** In ms; null: not applied yet. */
  readonly appliedAt: number | null;
}

/** The store was migrated by a newer version of this program: writing to it could break what that version relies on. */
export class SchemaTooNew extends Error {
  constructor(number: number, name: string, last: number) {
    super(
      `The database has migration ${number} (${name}), but this version knows them only up to ${last}. ` +
        "Run the version that migrated it, or a newer one.",
    );
    this.name = "SchemaTooNew";
  }
}

/** The schema of a store of records. */
export interface Migrations {
  /**
   * Applies what is missing, all or nothing, and says which those were. Any number of nodes may call it at once: one
   * applies, the others wait and find it done.
   *
   * @throws {SchemaTooNew} {StoreUnavailable}
   */
  apply(): Promise<readonly MigrationState[]>;
  /** Every known migration in order. Changes nothing. @throws {SchemaTooNew} {StoreUnavailable} */
  status(): Promise<readonly MigrationState[]>;
}
