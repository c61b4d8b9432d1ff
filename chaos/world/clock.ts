import type { Connection } from 'mariadb';

/** Lets the time pass for what the bots have written down, so that nobody has to wait for it. */
export type Clock = {
  /** Ends the leases of everybody but these, as if 30 s had passed since the others were heard of. */
  lapseLeases(living: readonly string[]): Promise<void>;
  /** Ends every lease. */
  lapseAll(): Promise<void>;
  /** What is to be tried again later may be tried now. */
  hastenRetries(): Promise<void>;
  /** The time of the previews that wait at a location is over. */
  expirePreviews(locationId: number): Promise<void>;
};

/** Rows that someone has locked are left alone: whoever has is at work on them, or stands still with them. */
export function createClock(connection: Connection): Clock {
  let turn: Promise<unknown> = Promise.resolve();

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
    const rows = await connection.query<{ id: number }[]>(
      `SELECT id FROM ${table} WHERE ${where} FOR UPDATE SKIP LOCKED`,
      values,
    );
    const ids = rows.map(({ id }) => id);
    if (ids.length > 0) await connection.query(`UPDATE ${table} SET ${set} WHERE id IN (?)`, [ids]);
    await connection.commit();
  }

  const now = 'UTC_TIMESTAMP(3)';
  const lapseLeases = async (living: readonly string[]) => {
    const over = `lease_until = ${now} - INTERVAL 1 SECOND`;
    const others = `lease_until > ${now} AND lease_owner NOT IN (?)`;
    await put('sync_runs', over, others, [['nobody', ...living]]);
    await put('sync_outbox', over, others, [['nobody', ...living]]);
  };
  return {
    lapseLeases,
    lapseAll: () => lapseLeases([]),
    hastenRetries: () =>
      put('sync_outbox', `next_attempt_at = ${now}`, `closed_at IS NULL AND next_attempt_at > ${now}`),
    expirePreviews: async (locationId) => {
      await connection.query(
        `UPDATE sync_runs SET expires_at = ${now} - INTERVAL 1 SECOND WHERE status = 'ready' AND location_id = ?`,
        [locationId],
      );
    },
  };
}
