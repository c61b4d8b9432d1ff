import type { Random } from '../random.ts';
import { drawRow } from './draw-places.ts';
import type { ListEdit, UserEdit } from './edits.ts';

/** What the Laravel application does to a user of the location. */
export function drawUserEdit(random: Random): UserEdit {
  const pick = random.fraction();
  const number = random.whole(1, 40);
  return random.weighted<UserEdit>([
    [35, { how: 'flip', pick }],
    [15, { how: 'remove', pick }],
    [20, { how: 'insert', email: `laravel${number}@dkm`, status: random.pick(['active', 'inactive']) }],
    [30, { how: 'insert listed', pick }],
  ]);
}

/** What happens to a depot server's list. `id` is for someone who comes to it. */
export function drawListEdit(random: Random, id: number): ListEdit {
  const pick = random.fraction();
  return random.weighted<ListEdit>([
    [40, { how: 'add', row: drawRow(random, id, `late${id}@dkm`, 'active') }],
    [35, { how: 'remove', pick }],
    [25, { how: 'switch', pick }],
  ]);
}
