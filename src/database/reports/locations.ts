import type { Locations } from '../../sync/source.ts';
import { type Database, reaching } from '../client.ts';

/** `codes` maps the names that `/usersync` accepts to `locations.location_code` (`SYNC_TARGETS`). */
export function createLocations(db: Database, codes: ReadonlyMap<string, string>): Locations {
  return {
    find: async (targetName) => {
      const code = codes.get(targetName);
      if (code === undefined) return undefined;
      // Not the dates: a zero date is none that the client can read.
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
