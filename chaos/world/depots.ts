import { setTimeout as pause } from 'node:timers/promises';
import { type DepotReply, htmlPage, truncatedBody } from '../../sandbox/depot/replies.ts';
import { type DepotServer, startDepotServer } from '../../sandbox/depot/server.ts';
import type { DepotUser } from '../../sandbox/depot/users.ts';
import type { ListEdit } from '../schedule/edits.ts';
import type { DepotAnswer, Effect } from '../schedule/fault.ts';
import type { Place } from '../schedule/schedule.ts';
import type { Verdict } from './at-point.ts';
import type { Tripwires } from './tripwires.ts';

const SLOW_MS = 120;

/** The depot server of a place. */
export type Depot = {
  readonly url: string;
  /** What the list was at any time since `forget`, oldest first. */
  versions(): readonly (readonly DepotUser[])[];
  forget(): void;
  change(edit: ListEdit): void;
  isBusy(): boolean;
  stop(): Promise<void>;
};

export async function startDepot(
  place: Place,
  wires: Tripwires,
  worked: () => void,
  disrupt: (effect: Effect) => Promise<Verdict>,
): Promise<Depot> {
  let underWay = 0;
  const server = await startDepotServer({ users: place.list.map((row) => ({ ...row })) });
  let versions = [copyOf(server)];

  function change(edit: ListEdit): void {
    editList(server.users, edit);
    versions.push(copyOf(server));
  }

  async function befall(effect: Effect): Promise<DepotReply | undefined> {
    if (effect.kind === 'depot') {
      if (effect.answer === 'slow') await pause(SLOW_MS);
      return replyFor(effect.answer, (by) => {
        underWay += by;
      });
    }
    if (effect.kind === 'moved list') {
      for (const edit of effect.edits) change(edit);
      return undefined;
    }
    return (await disrupt(effect)) === 'drop' ? 'reset' : undefined;
  }

  server.faults.onRequest = async ({ path }) => {
    underWay += 1;
    worked();
    try {
      const point = path.endsWith('/login') ? 'depot login' : 'depot page';
      const effect = wires.reached(point, 'before', undefined);
      return effect === undefined ? undefined : await befall(effect);
    } finally {
      underWay -= 1;
      worked();
    }
  };
  return {
    url: server.url,
    versions: () => versions,
    forget: () => {
      versions = [copyOf(server)];
    },
    change,
    isBusy: () => underWay > 0,
    stop: () => server.stop(),
  };
}

function copyOf({ users }: DepotServer): readonly DepotUser[] {
  return users.map((row) => ({ ...row }));
}

function editList(list: DepotUser[], edit: ListEdit): void {
  if (edit.how === 'add') {
    const isTaken = list.some(({ id_user: id }) => id === edit.row.id_user);
    if (!isTaken) list.push({ ...edit.row });
    return;
  }
  const index = Math.floor(edit.pick * list.length);
  const row = list[index];
  if (row === undefined) return;
  if (edit.how === 'remove') list.splice(index, 1);
  else row.status_user = row.status_user === 0 ? 1 : 0;
}

function replyFor(answer: DepotAnswer, underWay: (by: number) => void): DepotReply | undefined {
  switch (answer) {
    case 'unavailable':
      return { status: 500, json: { status: 'error', message: 'Server Error' } };
    case 'limited':
      return { status: 429, headers: { 'Retry-After': '1' } };
    case 'unauthorized':
      return { status: 401, json: { status: 'error', message: 'Unauthenticated.' } };
    case 'truncated':
      return truncatedBody;
    case 'web page':
      return htmlPage;
    case 'reset':
      return 'reset';
    case 'slow':
      return undefined;
    case 'hanging':
      return (response) => {
        underWay(1);
        response.on('close', () => underWay(-1));
      };
  }
}
