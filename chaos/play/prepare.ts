import { usable } from '../model/emails.ts';
import { usersAt } from '../model/user.ts';
import type { UserEdit } from '../schedule/edits.ts';
import type { Preparation } from '../schedule/schedule.ts';
import type { World } from '../world/world.ts';
import { readUsers } from './snapshot.ts';

/** Does what comes before a move. */
export async function prepare(world: World, preparation: Preparation): Promise<void> {
  const place = world.schedule.places[preparation.place];
  const depot = world.depots[preparation.place];
  if (place === undefined || depot === undefined) return;
  switch (preparation.kind) {
    case 'edit':
      return editUsers(world, place.id, depot.versions().at(-1) ?? [], preparation.edit);
    case 'list':
      return depot.change(preparation.edit);
    case 'expire':
      return world.clock.expirePreviews(place.id);
    case 'a day later':
      return world.clock.backdateAbsences(place.id);
  }
}

/** As the Laravel application would: one statement, its own times. */
async function editUsers(
  { sql }: World,
  placeId: number,
  list: readonly { readonly email?: unknown }[],
  edit: UserEdit,
): Promise<void> {
  if (edit.how === 'insert') return insert(edit.email, edit.status);
  if (edit.how === 'insert listed') {
    const emails = list.flatMap(({ email }) => usable(email) ?? []);
    const email = emails[Math.floor(edit.pick * emails.length)];
    return email === undefined ? undefined : insert(email, 'inactive');
  }
  const here = usersAt(await readUsers(sql), placeId);
  const user = here[Math.floor(edit.pick * here.length)];
  if (user === undefined) return;
  const statement =
    edit.how === 'remove'
      ? 'DELETE FROM users WHERE id = ?'
      : "UPDATE users SET status = IF(status = 'active', 'inactive', 'active'), updated_at = UTC_TIMESTAMP() WHERE id = ?";
  await sql.query(statement, [user.id]);

  async function insert(email: string, status: string): Promise<void> {
    await sql.query(
      'INSERT IGNORE INTO users (email, location_id, status, created_at, updated_at) VALUES (?, ?, ?, UTC_TIMESTAMP(), UTC_TIMESTAMP())',
      [email, placeId, status],
    );
  }
}
