import type { DepotUser } from '../../sandbox/depot/users.ts';
import type { Random } from '../random.ts';
import type { Status } from './edits.ts';
import type { Place, PlaceUser, Schedule } from './schedule.ts';
import { BARE_NAMES, spelledHere, spelledThere } from './spelling.ts';

const LOCATIONS = [
  { id: 8, target: 'dev', name: 'Dev' },
  { id: 7, target: 'test', name: 'Test' },
  { id: 1, target: 'prod', name: 'Prod' },
] as const;

/** A pattern of `PROTECTED_EMAILS`, and what it is about. */
export const PROTECTED = 'boss*@dkm';

type Life = { readonly here: Status | undefined; readonly there: Status | undefined };

/** How someone stands in `users` and at the depot server. */
const LIVES: readonly (readonly [number, Life])[] = [
  [55, { here: 'active', there: 'active' }],
  [14, { here: undefined, there: 'active' }],
  [9, { here: 'active', there: undefined }],
  [4, { here: 'active', there: 'inactive' }],
  [8, { here: 'inactive', there: 'active' }],
  [4, { here: 'inactive', there: undefined }],
  [3, { here: undefined, there: 'inactive' }],
];

type Mood = 'usual' | 'all new' | 'all gone' | 'empty list';

const MOODS: readonly (readonly [number, Mood])[] = [
  [82, 'usual'],
  [8, 'all new'],
  [5, 'all gone'],
  [5, 'empty list'],
];

/** One to three locations with users and lists of every kind. */
export function drawPlaces(random: Random, table: Schedule['table']): Place[] {
  const count = random.weighted([
    [60, 1],
    [30, 2],
    [10, 3],
  ]);
  return LOCATIONS.slice(0, count).map((location) => ({
    ...location,
    ...drawPeople(random, table === 'soft deletes'),
  }));
}

function drawPeople(random: Random, softDeletes: boolean): Pick<Place, 'users' | 'list'> {
  const mood = random.weighted(MOODS);
  const users: PlaceUser[] = [];
  const list: DepotUser[] = [];
  const size = drawSize(random);
  for (let number = 1; number <= size; number += 1) {
    const email = drawEmail(random, number);
    const { here, there } = lifeIn(mood, random.weighted(LIVES));
    if (here !== undefined) users.push(...drawUsers(random, email, here, softDeletes));
    if (there !== undefined) list.push(drawRow(random, number * 10, email, there));
    if (there !== undefined && random.chance(6)) {
      list.push(drawRow(random, number * 10 + 1, email, random.pick([there, 'inactive'])));
    }
  }
  const bare = BARE_NAMES.filter(() => random.chance(8));
  users.push(...bare.map((email): PlaceUser => ({ email, status: 'active', deleted: false })));
  const odd = [...drawOddRows(random), ...bare.filter(() => random.chance(70)).map(drawBareRow)];
  return { users, list: mood === 'empty list' ? [] : [...list, ...odd] };
}

/** Mostly one; now and then the same person has a second row. */
function drawUsers(random: Random, email: string, status: Status, softDeletes: boolean): PlaceUser[] {
  const one = (text: string, as: Status): PlaceUser => {
    if (!softDeletes || random.chance(88)) return { email: text, status: as, deleted: false };
    return random.chance(50)
      ? { email: text, status: 'suspended', deleted: false }
      : { email: text, status: as, deleted: true };
  };
  const first = one(spelledHere(random, email), status);
  return random.chance(3) ? [first, one(`\t${email}`, random.pick(['active', 'inactive']))] : [first];
}

function drawBareRow(email: string, index: number): DepotUser {
  return { id_user: 6_000 + index, email };
}

function drawSize(random: Random): number {
  return random.weighted([
    [70, random.whole(1, 14)],
    [22, random.whole(15, 30)],
    [6, random.whole(60, 90)],
    [2, 0],
  ]);
}

function lifeIn(mood: Mood, life: Life): Life {
  switch (mood) {
    case 'all new':
      return { here: undefined, there: life.there ?? 'active' };
    case 'all gone':
      return { here: life.here ?? 'active', there: undefined };
    case 'usual':
    case 'empty list':
      return life;
  }
}

function drawEmail(random: Random, number: number): string {
  const name = random.weighted([
    [86, 'user'],
    [8, 'boss'],
    [6, 'usér'],
  ]);
  return `${name}${number}@dkm`;
}

/** A row of a list as servers send them: in many spellings, and with three ways to say active. */
export function drawRow(random: Random, id: number, email: string, status: Status): DepotUser {
  const active = random.pick([{ status_user: 1 }, { status_user: '1' }, { status_user: true }, {}]);
  return {
    id_user: id,
    email: spelledThere(random, email),
    ...(status === 'active' ? active : { status_user: 0 }),
  };
}

/** Rows that cannot be used, or not surely. */
function drawOddRows(random: Random): DepotUser[] {
  if (!random.chance(40)) return [];
  return Array.from({ length: random.whole(1, 3) }, (_, index) => ({
    id_user: 5_000 + index,
    ...random.pick<Omit<DepotUser, 'id_user'>>([
      {},
      { email: null },
      { email: '  ' },
      { email: 'no-at-sign' },
      { email: `a b${index}@dkm` },
      { email: `user${random.whole(1, 12)}@dkm`, status_user: 2 },
      { email: `odd${index}@dkm`, status_user: 'maybe' },
    ]),
  }));
}
