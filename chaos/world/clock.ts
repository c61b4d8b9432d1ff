import { type Connection, SqlError } from 'mariadb';

/** ER_LOCK_WAIT_TIMEOUT: a process stands still in the middle of a transaction. Another time, then. */
const LOCKED_TOO_LONG = 1205;

/** Lets the time pass for what the bots have written down, so that nobody has to wait for it. */
export type Clock = {
  /** Ends the leases of a process, as if 30 s had passed since it was heard of. */
  lapseLeasesOf(owner: string): Promise<void>;
  /** Ends every lease. */
  lapseAll(): Promise<void>;
  /** What is to be tried again later may be tried now. */
  hastenRetries(): Promise<void>;
  /** The time of the previews that wait at a location is over. */
  expirePreviews(locationId: number): Promise<void>;
  /** The days on which users of a location were absent were a day earlier. */
  backdateAbsences(locationId: number): Promise<void>;
};

/** Rows that someone has locked are left alone: whoever has is at work on them, or stands still with them. */
export function createClock(connection: Connection): Clock {
  let turn: Promise<unknown> = connection
    .query('SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED')
    .then(() => connection.query('SET SESSION innodb_lock_wait_timeout = 1'));

  /** One after the other: a transaction that begins on the connection would end the one before it, and its locks. */
  function put(table: string, set: string, where: string, values: readonly unknown[] = []): Promise<void> {
    const done = turn.then(() => putInTurn(table, set, where, values));
    turn = done.catch(() => {});
    return done;
  }

  async function putInTurn(
    table: string,
    set: string,
    where: string,
    values: readonly unknown[],
  ): Promise<void> {
    await connection.beginTransaction();
    try {
      const rows = await connection.query<{ id: number }[]>(
        `SELECT id FROM ${table} WHERE ${where} FOR UPDATE SKIP LOCKED`,
        values,
      );
      const ids = rows.map(({ id }) => id);
      if (ids.length > 0) await connection.query(`UPDATE ${table} SET ${set} WHERE id IN (?)`, [ids]);
      await connection.commit();
    } catch (error) {
      await connection.rollback();
      if (!(error instanceof SqlError && error.errno === LOCKED_TOO_LONG)) throw error;
    }
  }

  const now = 'UTC_TIMESTAMP(3)';
  const lapse = async (whose: string, values: readonly unknown[]) => {
    const over = `lease_until = ${now} - INTERVAL 1 SECOND`;
    for (const table of ['sync_runs', 'sync_outbox', 'sync_batches'])
      await put(table, over, `lease_until > ${now}${whose}`, values);
  };
  return {
    lapseLeasesOf: (owner) => lapse(' AND lease_owner = ?', [owner]),
    lapseAll: () => lapse('', []),
    hastenRetries: () =>
      put('sync_outbox', `next_attempt_at = ${now}`, `closed_at IS NULL AND next_attempt_at > ${now}`),
    expirePreviews: async (locationId) => {
      await connection.query(
        `UPDATE sync_runs SET expires_at = ${now} - INTERVAL 1 SECOND WHERE status = 'ready' AND location_id = ?`,
        [locationId],
      );
    },
    backdateAbsences: async (locationId) => {
      await connection.query(
        'UPDATE sync_absences SET first_day = first_day - INTERVAL 1 DAY, last_day = last_day - INTERVAL 1 DAY WHERE location_id = ?',
        [locationId],
      );
    },
  };
}
