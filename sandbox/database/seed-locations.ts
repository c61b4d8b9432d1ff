import { connect } from './database-server.ts';

export type LocationUrls = { readonly dev: string; readonly test: string; readonly prod: string };

/** A row of `locations`. */
export type LocationRow = {
  readonly id: number;
  readonly code: string;
  readonly name: string;
  readonly url: string;
};

/** Inserts the scenarios' locations: Dev = 8, Test = 7, Prod = 1 (contract, section 2). */
export function seedLocations(databaseUrl: string, urls: LocationUrls): Promise<void> {
  return insertLocations(databaseUrl, [
    { id: 8, code: 'dev', name: 'Dev', url: urls.dev },
    { id: 7, code: 'test', name: 'Test', url: urls.test },
    { id: 1, code: 'prod', name: 'Prod', url: urls.prod },
  ]);
}

/** Inserts rows of `locations`, over its own connection. */
export async function insertLocations(databaseUrl: string, rows: readonly LocationRow[]): Promise<void> {
  const connection = await connect(databaseUrl);
  try {
    await connection.batch(
      'INSERT INTO locations (id, location_code, location_name, online_url, created_at, updated_at) VALUES (?, ?, ?, ?, NOW(), NOW())',
      rows.map(({ id, code, name, url }) => [id, code, name, url]),
    );
  } finally {
    await connection.end();
  }
}
