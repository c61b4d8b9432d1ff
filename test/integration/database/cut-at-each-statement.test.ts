import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTcpProxy, type TcpProxy } from '../../../sandbox/process/tcp-proxy.ts';
import { DatabaseLostError } from '../../../src/sync/failures/errors.ts';
import { listOf } from './support/rows.ts';
import { apply, claimedRun, openRun, rules, stage } from './support/runs.ts';
import { type BotProcess, useTestbed } from './support/testbed.ts';

const testbed = useTestbed();

/** The byte of a packet that says that it is a statement (MySQL's protocol, COM_QUERY). */
const STATEMENT = 3;

let proxy: TcpProxy;
let bot: BotProcess;
/** How many more statements the server gets before the network breaks; undefined: as many as come. */
let left: number | undefined;

function onSent(sent: Buffer): Buffer {
  if (left !== undefined && sent[4] === STATEMENT) {
    left -= 1;
    if (left < 0) proxy.cut();
  }
  return sent;
}

beforeAll(async () => {
  proxy = await startTcpProxy(Number(new URL(testbed.database.url).port), onSent);
  // Where every connection broke, the bot waits for one until it gives up. On a busy machine it may give up too soon: that is a loss too.
  bot = testbed.another({ port: proxy.port, acquireTimeout: 1_000 });
});
afterAll(() => proxy.stop());

/**
 * The errors of `work`, whose connections break after 0, 1, 2, … statements, until so many suffice. Its preparation takes another way:
 * a connection of this one may break late, when the network is back.
 */
async function errorsOf(work: () => Promise<() => Promise<unknown>>): Promise<readonly unknown[]> {
  const errors: unknown[] = [];
  for (let statements = 0; ; statements += 1) {
    const begin = await work();
    left = statements;
    const error = await begin().then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    left = undefined;
    proxy.restore();
    if (error === undefined) return errors;
    errors.push(error);
  }
}

const LIST = listOf('new@dkm', 'other@dkm');

describe('a connection that breaks, whatever was sent before', () => {
  it('is lost to an execution, and no other error', async () => {
    const errors = await errorsOf(async () => {
      const claimed = await claimedRun(testbed.bot, await testbed.location(), LIST);
      return () => apply(bot, claimed);
    });
    expect(errors.length).toBeGreaterThan(15);
    expect(errors.filter((error) => !(error instanceof DatabaseLostError))).toEqual([]);
  });

  it('is lost to a plan, and no other error', async () => {
    const errors = await errorsOf(async () => {
      const opened = await openRun(testbed.bot, await testbed.location());
      await stage(testbed.bot, opened, 1, LIST);
      return () => bot.plans.draft(opened.lease, { reads: [1], rules: rules() });
    });
    expect(errors.length).toBeGreaterThan(10);
    expect(errors.filter((error) => !(error instanceof DatabaseLostError))).toEqual([]);
  });
});
