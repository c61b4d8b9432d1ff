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

/** Rows that someone has locked are left alone: whoever has is at work on them. */
export function createClock(connection: Connection): Clock {
  async function lapse(table: string, column: string, living: readonly string[]): Promise<void> {
    await connection.beginTransaction();
    const rows = await connection.query<{ id: number }[]>(
      `SELECT id FROM ${table} WHERE ${column} > UTC_TIMESTAMP(3) AND lease_owner NOT IN (?) FOR UPDATE SKIP LOCKED`,
      [['nobody', ...living]],
    );
    if (rows.length > 0) {
      await connection.query(
        `UPDATE ${table} SET ${column} = UTC_TIMESTAMP(3) - INTERVAL 1 SECOND WHERE id IN (?)`,
        [rows.map(({ id }) => id)],
      );
    }
    await connection.commit();
  }

  const lapseLeases = async (living: readonly string[]) => {
    await lapse('sync_runs', 'lease_until', living);
    await lapse('sync_outbox', 'lease_until', living);
  };
  return {
    lapseLeases,
    lapseAll: () => lapseLeases([]),
    hastenRetries: async () => {
      await connection.query(
        'UPDATE sync_outbox SET next_attempt_at = UTC_TIMESTAMP(3) WHERE closed_at IS NULL AND next_attempt_at > UTC_TIMESTAMP(3)',
      );
    },
    expirePreviews: async (locationId) => {
      await connection.query(
        "UPDATE sync_runs SET expires_at = UTC_TIMESTAMP(3) - INTERVAL 1 SECOND WHERE status = 'ready' AND location_id = ?",
        [locationId],
      );
    },
  };
}
