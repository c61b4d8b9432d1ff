import type { Locations } from '../../sync/ports/source.ts';
import { type Database, openDatabase, reaching } from '../client.ts';

/** `codes` maps the target names of `/usersync` to `locations.location_code` (`SYNC_TARGETS`). */
export function createLocations(db: Database, codes: ReadonlyMap<string, string>): Locations {
  return {
    find: async (targetName) => {
      const code = codes.get(targetName);
      if (code === undefined) return undefined;
      // Without the dates, because the client cannot read a zero date.
      const select = { id: true, locationName: true, onlineUrl: true };
      const row = await reaching(() => db.location.findUnique({ where: { locationCode: code }, select }));
      if (row === null) return undefined;
      return {
        name: targetName,
        locationId: Number(row.id),
        locationName: row.locationName,
        baseUrl: row.onlineUrl,
      };
    },
  };
}

/** Adds a location. Throws the database's error, for example for a missing right. */
export async function addLocation(
  databaseUrl: string,
  { code, name, address }: { readonly code: string; readonly name: string; readonly address: string },
): Promise<void> {
  const db = openDatabase(databaseUrl);
  try {
    await reaching(
      () => db.$executeRaw`
        INSERT INTO locations (location_code, location_name, online_url, created_at, updated_at)
        VALUES (${code}, ${name}, ${address}, UTC_TIMESTAMP(), UTC_TIMESTAMP())`,
    );
  } finally {
    await db.$disconnect();
  }
}
