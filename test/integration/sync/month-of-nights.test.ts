import { beforeAll, describe, expect, it } from 'vitest';
import { freezeOf, parseFreezeWindow } from '../../../src/config/freeze.ts';
import { createSchedule } from '../../../src/sync/automation/schedule.ts';
import type { Target } from '../../../src/sync/ports/source.ts';
import type { AutoRule } from '../../../src/sync/rules/rules.ts';
import type { UserStatus } from '../../../src/sync/run/change.ts';
import type { Run } from '../../../src/sync/run/run.ts';
import { listOf } from '../database/support/rows.ts';
import { BUDI } from '../database/support/runs.ts';
import { type BotProcess, useTestbed } from '../database/support/testbed.ts';
import { type Core, createCore, NOBODY_TOLD } from './support/core.ts';
import { type ScriptedRead, scriptedSource, whole } from './support/scripted-source.ts';

const testbed = useTestbed();
const NIGHTS = Array.from({ length: 30 }, (_, index) => index + 1);
const DAYS = 3;

/** Who works at the depot on each day: 40 stay all month, one comes every third day, and some leave. */
function staffOn(day: number): readonly string[] {
  const staying = Array.from({ length: 40 }, (_, n) => `stays${n}@dkm`);
  const hired = NIGHTS.filter((each) => each % 3 === 0 && each <= day).map((each) => `hired${each}@dkm`);
  const leaving = [5, 9, 13, 17].filter((last) => day <= last).map((last) => `leaves${last}@dkm`);
  return [...staying, ...hired, ...leaving];
}

/** What the server says on a night: the truth, but for one night with half of the list, and one on which it lies about the end. */
function readOn(day: number): ScriptedRead {
  const staff = listOf(...staffOn(day));
  if (day === 11) return whole(staff.slice(0, Math.floor(staff.length / 2)));
  if (day === 20) return { ...whole(staff.slice(0, 30)), end: 'repeats' };
  return whole(staff);
}

/** Saturday and Sunday, 21 and 22 March. */
const window = parseFreezeWindow('2026-03-21-2026-03-22');
const frozenUntil = freezeOf(window === undefined ? [] : [window], 'UTC');

type Night = {
  readonly day: number;
  readonly run: Run;
  readonly users: Readonly<Record<string, UserStatus>>;
};

/** What befalls the bot on a night. */
type Fate = 'nothing' | 'dies before it reads' | 'dies after the decision' | 'two at once';
const FATES: readonly Fate[] = ['dies before it reads', 'two at once', 'dies after the decision'];
const fateOn = (day: number, isCalm: boolean): Fate =>
  isCalm ? 'nothing' : (FATES[day % FATES.length] ?? 'nothing');

async function liveThrough(target: Target, rule: AutoRule, isCalm: boolean): Promise<readonly Night[]> {
  const nights: Night[] = [];
  for (const day of NIGHTS) {
    const at = new Date(Date.UTC(2026, 2, day, 2));
    const processes: BotProcess[] = [];
    const process = (dies = false) => {
      const read = readOn(day);
      const bot = testbed.another({ at, absenceDays: DAYS });
      processes.push(bot);
      const core = createCore(bot, {
        targets: [target],
        source: scriptedSource(...Array.from({ length: 4 }, () => read)),
        autoRules: { [target.name]: rule },
        frozenUntil,
        nextDue: () => new Date(Date.now() + 24 * 3_600_000),
        dies,
      });
      const lastDue = () => at;
      const { tick } = createSchedule({
        ...core,
        ...NOBODY_TOLD,
        lastDue,
        targets: [target.name],
        channelId: 'C1',
      });
      return { ...core, preview: () => tick(at) };
    };
    await spend(fateOn(day, isCalm), process, at);
    const [run] = await runsOf(target);
    if (run === undefined) throw new Error(`Night ${day} has no run`);
    nights.push({ day, run, users: await testbed.usersAt(target) });
    // What waits is confirmed by a person on the next morning, unless it looks wrong to them.
    if (run.status === 'ready' && run.autoHeld === 'other_changes' && frozenUntil(at) === undefined) {
      const { execution } = process();
      const confirmed = await execution.confirm({ runId: run.id, actor: BUDI, message: undefined });
      if (confirmed.outcome === 'claimed') await execution.execute(confirmed, new AbortController().signal);
    }
    await Promise.all(processes.map(({ db }) => db.$disconnect()));
  }
  return nights;
}

type NightBot = Omit<Core, 'preview'> & { readonly preview: () => Promise<void> };

async function spend(fate: Fate, process: (dies?: boolean) => NightBot, at: Date): Promise<void> {
  const bot = process();
  const finish = async ({ queue, automation, idle }: Pick<Core, 'queue' | 'automation' | 'idle'>) => {
    // As if half a minute had passed in which nobody heard of the dead.
    await testbed.sql('UPDATE sync_runs SET lease_until = ? WHERE lease_until > ?', [at, at]);
    await queue.startWaiting();
    await idle();
    await automation.tick();
    await idle();
  };
  switch (fate) {
    case 'nothing':
      await bot.preview();
      await bot.idle();
      break;
    case 'dies before it reads':
      await process(true).preview();
      break;
    case 'dies after the decision':
      await bot.preview();
      await bot.idle();
      await process(true).automation.tick();
      break;
    case 'two at once': {
      const other = process();
      await Promise.all([bot.preview(), other.preview()]);
      await Promise.all([bot.idle(), other.idle()]);
      await Promise.all([bot.automation.tick(), other.automation.tick()]);
      await Promise.all([bot.idle(), other.idle()]);
    }
  }
  await finish(bot);
}

async function runsOf({ name }: Target): Promise<readonly Run[]> {
  const rows = await testbed.sql<{ id: number }>(
    'SELECT id FROM sync_runs WHERE target = ? ORDER BY id DESC LIMIT 1',
    [name],
  );
  const runs = await Promise.all(rows.map(({ id }) => testbed.bot.runs.find(id)));
  return runs.filter((run) => run !== undefined);
}

describe.each([
  ['calm', true],
  ['unlucky', false],
])('a rule that only adds and reactivates, in a month of %s nights', (_, isCalm) => {
  let nights: readonly Night[];
  beforeAll(async () => {
    const target = await testbed.location();
    await testbed.addUsers(target, Object.fromEntries(staffOn(1).map((email) => [email, 'active' as const])));
    nights = await liveThrough(
      target,
      {
        text: `${target.name}=add+reactivate:5`,
        actions: ['add', 'reactivate'],
        most: 5,
      },
      isCalm,
    );
  });

  it('deactivates nobody wrongly in a month of nights', () => {
    expect(nights.map(({ day }) => day)).toEqual(Array.from({ length: 30 }, (_each, n) => n + 1));
    for (const { day, users } of nights) {
      const gone = Object.entries(users).filter(([, status]) => status === 'inactive');
      const staff = staffOn(day);
      expect(
        gone.filter(([email]) => staff.includes(email)),
        `night ${day}`,
      ).toEqual([]);
    }
  });

  it('adds whoever was hired by itself, and leaves departures to a person on the third day', () => {
    const byRule = nights.filter(({ run }) => run.confirmedBy?.id.startsWith('rule:'));
    expect(byRule.map(({ day }) => day)).toEqual([3, 6, 9, 15, 18, 24, 27, 30]);
    const waiting = nights.filter(({ run }) => run.status === 'ready');
    expect(waiting.map(({ day, run }) => `${day} ${run.autoHeld}`)).toEqual([
      '8 other_changes',
      '12 other_changes',
      '16 other_changes',
      '21 frozen',
      '22 frozen',
      '23 other_changes',
    ]);
  });
});
