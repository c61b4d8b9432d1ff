import type { ChangeAction, UserStatus } from '../../../../src/sync/run/change.ts';

/** A row of `users` at the location of a history. */
export type Row = { email: string; status: UserStatus; deleted: boolean };

/** What a plan says of one user. Whom it adds has no row yet, and is known by email alone. */
export type Line = {
  readonly action: ChangeAction;
  readonly row: Row | undefined;
  readonly email: string;
  readonly before: UserStatus | undefined;
  readonly after: UserStatus;
};

/** A completed run, with what it changed. */
export type PastRun = {
  readonly id: number;
  readonly reverts: number | undefined;
  readonly changes: readonly Line[];
};

/** What made a user's status, the oldest first: syncs in force, and writes of the application that a run came upon. */
type Layers = readonly string[];

const WRITE = 'a write before ';

/** With a write of the application, where a status is not the one that the last run left. */
const withWrite = (
  now: Layers,
  left: UserStatus | undefined,
  found: UserStatus | undefined,
  by: number | 'now',
) => (left === undefined || found === left ? now : [...now, `${WRITE}${by}`]);

const layerOf = (sync: number) => `run ${sync}`;

export function changesOf(lines: readonly Line[]): readonly Line[] {
  return lines.filter(({ action }) => ['add', 'reactivate', 'deactivate'].includes(action));
}

/**
 * One location, as docs/deciding.md tells it ("Taking it back"), written once more without SQL: a sync lays a layer upon each user
 * whom it changes, and taking back a run of any kind brings back the layers that lay there before that run.
 */
export function historyModel() {
  const rows = new Set<Row>();
  const runs: PastRun[] = [];
  const at = (email: string) => [...rows].find((row) => row.email === email);

  /** The row of the user of a change; undefined if it is gone. */
  function userOf({ row, email, before }: Line): Row | undefined {
    if (before === undefined) return at(email);
    return row !== undefined && rows.has(row) ? row : undefined;
  }

  /** The layers of a user now, and before and after each run that changed the user. */
  function layersOf(row: Row) {
    const around = new Map<number, { readonly before: Layers; readonly after: Layers }>();
    let now: Layers = [];
    let left: UserStatus | undefined;
    for (const { id, reverts, changes } of runs) {
      // The runs do not show that the application has deleted a user and added another row with the same email.
      const change = changes.find((each) => userOf(each) === row || each.email === row.email);
      if (change === undefined) continue;
      now = withWrite(now, left, change.before, id);
      const after = reverts === undefined ? [...now, layerOf(id)] : (around.get(reverts)?.before ?? now);
      around.set(id, { before: now, after });
      now = after;
      left = change.after;
    }
    return { now: withWrite(now, left, row.status, 'now'), around };
  }

  /** A user whose present status is the one that the run gave comes from that run if nothing lies upon it, and nothing is missing. */
  function comesFrom({ id }: PastRun, row: Row): boolean {
    const { now, around } = layersOf(row);
    return around.get(id)?.after.join() === now.join();
  }

  /** Whether another rollback can still take back what the run did to a user: now, or after a later sync was taken back. */
  function isLeft(run: PastRun, change: Line): boolean {
    const row = userOf(change);
    if (row === undefined || row.deleted) return false;
    const { now, around } = layersOf(row);
    const { before = [], after = [] } = around.get(run.id) ?? {};
    const lays = after.length > before.length;
    const above = now.slice(after.length);
    const stands =
      now.slice(0, after.length).join() === after.join() &&
      !above.some((layer) => layer.startsWith(WRITE)) &&
      (lays || now.slice(0, before.length).join() !== before.join());
    return stands && (row.status === change.after || (lays && above.length > 0));
  }

  function planSync(list: ReadonlySet<string>, protectedEmails: readonly string[]): readonly Line[] {
    const known = [...rows].flatMap((row): Line[] => {
      const { email, status: before, deleted } = row;
      const line = { row, email, before, after: before };
      if (deleted) return [{ ...line, action: 'kept' }];
      const isHere = list.has(email);
      if (isHere === (before === 'active')) return [];
      if (isHere) return [{ ...line, action: 'reactivate', after: 'active' }];
      if (protectedEmails.includes(email)) return [{ ...line, action: 'protected' }];
      return [{ ...line, action: 'deactivate', after: 'inactive' }];
    });
    const unknown = [...list].filter((email) => at(email) === undefined);
    const added = unknown.map(
      (email): Line => ({ action: 'add', row: undefined, email, before: undefined, after: 'active' }),
    );
    return [...known, ...added];
  }

  function planRollback(run: PastRun, protectedEmails: readonly string[]): readonly Line[] {
    return run.changes.map((change): Line => {
      const { email, after: before } = change;
      const row = userOf(change);
      const line = { row, email, before, after: before };
      const isAsLeft = row?.deleted === false && row.email === email && row.status === before;
      if (!isAsLeft || !comesFrom(run, row)) return { ...line, action: 'skipped' };
      if (before === 'inactive') return { ...line, action: 'reactivate', after: 'active' };
      if (protectedEmails.includes(email)) return { ...line, action: 'protected' };
      return { ...line, action: 'deactivate', after: 'inactive' };
    });
  }

  function carryOut(id: number, reverts: number | undefined, lines: readonly Line[]): void {
    const changes = changesOf(lines);
    for (const { row, email, after } of changes) {
      if (row === undefined) rows.add({ email, status: after, deleted: false });
      else row.status = after;
    }
    runs.push({ id, reverts, changes });
  }

  const rootOf = (id: number): number => {
    const reverts = runs.find((run) => run.id === id)?.reverts;
    return reverts === undefined ? id : rootOf(reverts);
  };

  return {
    ...{ rows, runs, at, planSync, planRollback, carryOut },
    countLeft: (run: PastRun) => run.changes.filter((change) => isLeft(run, change)).length,
    /** Whether a rollback of this run undoes for a user the newest sync that is in force there. */
    undoesNewest: (run: PastRun, row: Row) =>
      layersOf(row).now.at(-1) === layerOf(rootOf(run.id)) &&
      changesOf(planRollback(run, [])).some((line) => line.row === row),
    /** Whether a sync in force has made the user's status. */
    isMadeBySync: (row: Row) => layersOf(row).now.at(-1)?.startsWith(layerOf(0).slice(0, -1)) ?? false,
    users: () =>
      [...rows].map(({ email, status, deleted }) => `${email} ${status}${deleted ? ' deleted' : ''}`).sort(),
  };
}
