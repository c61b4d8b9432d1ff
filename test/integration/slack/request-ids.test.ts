import { beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { CITRA } from '../../../sandbox/local-slack/workspace.ts';
import {
  buttons,
  CHANNEL,
  modal,
  reply,
  sees,
  settled,
  shown,
  toldAfter,
} from '../../support/strict-conversation.ts';
import { IMPATIENT, useStrictWorld } from '../../support/strict-world.ts';

const logLine = z.looseObject({
  level: z.string(),
  msg: z.string(),
  run: z.number().optional(),
  request: z.string().optional(),
});
type Line = z.infer<typeof logLine>;

const lines: Line[] = [];

const of = (msg: string, run?: number) =>
  lines.filter((line) => line.msg === msg && (run === undefined || line.run === run));

const ids = (found: readonly Line[]) => [...new Set(found.map(({ request }) => request))];

const previewOf = (location: string) =>
  world.slack
    .messages(CHANNEL)
    .find((each) => shown(each).includes(`to ${location}`) && buttons(each).includes('confirm_run'));

/** Two previews side by side, of which one has to be tried again; a confirm, a refusal, an expiry. */
const world = useStrictWorld({
  logs: { write: (line) => void lines.push(logLine.parse(JSON.parse(line))) },
  timing: IMPATIENT,
  depots: { dev: { latencyMs: 20 }, test: { latencyMs: 20 } },
});

beforeAll(async () => {
  const { ayu, budi, citra, depots } = world;
  let asked = 0;
  depots.dev.faults.onRequest = ({ page }) => {
    if (page === undefined || asked > 0) return undefined;
    asked += 1;
    return { status: 503 };
  };
  await Promise.all([ayu.command('dev'), budi.command('test')]);
  const dev = await sees(world, 'the preview of Dev', () => previewOf('Dev'));
  await sees(world, 'the preview of Test', () => previewOf('Test'));
  await toldAfter(world, () => citra.click(dev, 'cancel_run'), CITRA.id);
  await budi.click(dev, 'view_plan');
  await modal(world, 'dev_user1@dkm');
  await ayu.click(dev, 'confirm_run');
  await reply(world, dev);
  await world.sql("UPDATE sync_runs SET expires_at = UTC_TIMESTAMP(3) WHERE target = 'test'");
  await sees(world, 'the expiry', () => of('run expired').length > 0);
  await settled(world);
});

describe('a log line', () => {
  it('of each step of a run comes once, with run, target, actor, outcome and duration', () => {
    const dev = lines.filter(({ run, msg }) => run === of('run completed')[0]?.run && /^run /.test(msg));
    const common = { level: 'info', target: 'dev' };
    expect(dev).toMatchObject([
      { ...common, msg: 'run requested', actor: 'U0ADMIN001', outcome: 'sync' },
      {
        ...common,
        msg: 'run previewed',
        actor: 'usersync',
        outcome: 'ready',
        durationMs: expect.any(Number),
      },
      { ...common, msg: 'run confirmed', actor: 'U0ADMIN001', outcome: 'executing' },
      { ...common, msg: 'run completed', actor: 'U0ADMIN001', durationMs: expect.any(Number) },
    ]);
    expect(of('request refused')).toMatchObject([
      { level: 'info', actor: CITRA.id, outcome: 'not_admin', reason: 'not_listed' },
    ]);
  });

  it('says which request it is of, in the work that goes on after the answer, too', () => {
    const [dev, test] = ['dev', 'test'].map((target) => {
      const steps = [...of('run requested'), ...of('run previewed')].filter(
        (line) => line['target'] === target,
      );
      expect(steps).toHaveLength(2);
      return ids(steps);
    });
    expect(dev).toEqual([expect.any(String)]);
    expect(test).toEqual([expect.any(String)]);
    expect(dev).not.toEqual(test);
    expect(ids(of('depot request failed, trying again'))).toEqual(dev);
  });

  it('of each click is of a request of its own', () => {
    const confirmed = ids([...of('run confirmed'), ...of('run completed')]);
    expect(confirmed).toEqual([expect.any(String)]);
    const all = [...ids(of('run requested')), ...confirmed, ...ids(of('request refused'))];
    expect(new Set(all).size).toBe(4);
  });

  it('of what the bot does by itself is of a round, of what it tells Slack of none', () => {
    const [expired] = ids(of('run expired'));
    expect(expired).toEqual(expect.any(String));
    expect(ids(of('run requested'))).not.toContain(expired);
    expect(of('told Slack').length).toBeGreaterThan(0);
    expect(ids(of('told Slack'))).toEqual([undefined]);
  });
});
