import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { OPERATOR } from '../../../src/sync/rules/approval.ts';
import { type AutoRule, actorOf } from '../../../src/sync/rules/rules.ts';
import { type Actor, SYSTEM } from '../../../src/sync/run/run.ts';
import { listOf } from '../database/support/rows.ts';
import { AYU, BUDI } from '../database/support/runs.ts';
import { useTestbed } from '../database/support/testbed.ts';
import { createCore } from './support/core.ts';
import { scriptedSource, whole } from './support/scripted-source.ts';

const testbed = useTestbed();

const CITRA: Actor = { id: 'U-CITRA', name: 'Citra' };
const operator: Actor = { id: `${OPERATOR}sari`, name: 'sari (command line)' };
const ASKED = { 'a person': AYU, 'the schedule': SYSTEM, 'the command line': operator } as const;
const USERS = Array.from({ length: 20 }, (_, n) => `user${n}@dkm`);

type Case = {
  readonly asked: keyof typeof ASKED;
  readonly needed: number;
  readonly guard: boolean;
  readonly freeze: boolean;
};

const CASES = Object.keys(ASKED).flatMap((asked) =>
  [1, 2, 3].flatMap((needed) =>
    [false, true].flatMap((guard) =>
      [false, true].map((freeze) => ({ asked, needed, guard, freeze }) as Case),
    ),
  ),
);

/** A plan that waits, and the process that would execute it. */
async function waiting({ asked, needed, guard, freeze }: Case) {
  const target = await testbed.location();
  await testbed.addUsers(target, Object.fromEntries(USERS.map((email) => [email, 'active' as const])));
  const read = whole(listOf(...(guard ? USERS.slice(10) : [...USERS, 'new@dkm'])));
  const rule: AutoRule = {
    text: `${target.name}=add+deactivate:99`,
    actions: ['add', 'deactivate'],
    most: 99,
  };
  const core = createCore(testbed.bot, {
    targets: [target],
    source: scriptedSource(read, read),
    approvals: { [target.name]: needed },
    autoRules: { [target.name]: rule },
    ...(freeze ? { frozenUntil: () => new Date('2030-01-01') } : {}),
  });
  const actor = ASKED[asked];
  const requested = await core.preview.request({
    target: target.name,
    channelId: 'C1',
    actor,
    requestKey: `${target.name} asks`,
  });
  if (requested.outcome !== 'requested') throw new Error(requested.outcome);
  await core.preview.read(requested, new AbortController().signal);
  return { core, target, rule, runId: requested.run.id };
}

const PRESS = ['any admin', 'a second admin', 'a third admin'];

/** How many different admins must press Confirm, the guard's reason given; `nobody` where that is not enough. */
async function presses(which: Case): Promise<string> {
  const { core, target, runId } = await waiting(which);
  const declaration = which.guard ? { target: target.name, reason: 'it is right so' } : undefined;
  const admins = which.asked === 'a person' ? [AYU, BUDI, CITRA] : [BUDI, CITRA, AYU];
  for (const [index, actor] of admins.entries()) {
    const confirmed = await core.execution.confirm({ runId, actor, message: undefined }, { declaration });
    if (confirmed.outcome === 'claimed') return PRESS[index] ?? 'nobody';
  }
  return 'nobody';
}

async function alone(which: Case): Promise<string> {
  const { core, target, runId } = await waiting(which);
  const declaration = { target: target.name, reason: 'the gate is open', alone: true };
  const confirmed = await core.execution.confirm({ runId, actor: BUDI, message: undefined }, { declaration });
  return confirmed.outcome === 'claimed' ? 'yes' : 'no';
}

async function byOperator(which: Case): Promise<string> {
  const { core, target, runId } = await waiting(which);
  const declaration = { target: target.name, reason: 'Slack is down' };
  const confirmed = await core.execution.confirm(
    { runId, actor: operator, message: undefined },
    { declaration },
  );
  return confirmed.outcome === 'claimed' ? 'yes' : 'no';
}

async function byRule(which: Case): Promise<string> {
  const { core, runId } = await waiting(which);
  await core.automation.tick();
  await core.idle();
  const run = await testbed.bot.runs.find(runId);
  return run?.status === 'completed' ? 'yes' : (run?.autoHeld ?? 'no');
}

/**
 * Cases of one line. It matters neither whether a person or an operator asked, nor how many more people than one are needed.
 * In a freeze nothing else matters; the guard's verdict matters only where a rule might apply the plan.
 */
function lineOf({ asked, needed, guard, freeze }: Case): string {
  const by = asked === 'the schedule' ? asked : 'a person, or the command line';
  const people = needed === 1 ? '1' : 'more';
  const verdict = guard ? 'tripped' : 'passed';
  const isJudged = asked === 'the schedule' && needed === 1 && !freeze;
  return `| ${by} | ${freeze ? 'any' : people} | ${isJudged ? verdict : 'any'} | ${freeze ? 'holds' : 'none'} |`;
}

it('names for each plan who can execute it, as docs/safety.md does', { timeout: 120_000 }, async () => {
  const lines = new Map<string, string>();
  for (const each of CASES) {
    const [confirm, rule] = [await presses(each), await byRule(each)];
    const last = confirm === PRESS[each.needed - 1] && each.needed > 1 ? 'the last admin needed' : confirm;
    const [line, ends] = [lineOf(each), ` ${last} | ${rule} |`];
    expect(lines.get(line) ?? ends, line).toBe(ends);
    lines.set(line, ends);
  }
  const table = [
    '| Asked by | People needed | Guard | Freeze | Confirm, by | Rule |',
    '| --- | --- | --- | --- | --- | --- |',
    ...[...lines].map(([line, ends]) => line + ends),
  ];
  expect(readFileSync('docs/safety.md', 'utf8')).toContain(table.join('\n'));
});

it('lets one admin alone and an operator execute each of them, with a reason', {
  timeout: 120_000,
}, async () => {
  for (const each of CASES) {
    expect([await alone(each), await byOperator(each)], JSON.stringify(each)).toEqual(['yes', 'yes']);
  }
});

it('never lets a rule execute alone, however it asks', async () => {
  const { core, target, rule, runId } = await waiting({
    asked: 'the schedule',
    needed: 2,
    guard: false,
    freeze: true,
  });
  const declaration = { target: target.name, reason: 'because', alone: true };
  const confirmed = await core.execution.confirm(
    { runId, actor: actorOf(rule), message: undefined },
    { declaration },
  );
  expect(confirmed).toMatchObject({ outcome: 'refused', refusal: { code: 'frozen' } });
});
