import { describe, expect, it } from 'vitest';
import { createReadiness } from '../../../src/monitoring/health.ts';
import { createLogger } from '../../../src/process/logger.ts';

/** A bot whose Slack works until `trouble` is set, and what its log says. */
function aBot() {
  const bot: { trouble: string | undefined } = { trouble: undefined };
  const lines: Record<string, unknown>[] = [];
  const logger = createLogger('info', {
    destination: { write: (line) => void lines.push(JSON.parse(line)) },
  });
  const slack = async () => {
    if (bot.trouble !== undefined) throw new Error(bot.trouble);
  };
  const readiness = createReadiness({ database: async () => {}, slack }, logger);
  const said = () => lines.splice(0).map(({ level, part, msg }) => [level, part, msg]);
  return { bot, readiness, said };
}

describe('the readiness of a bot', () => {
  it('is logged once where a part cannot be used, however often somebody asks', async () => {
    const { bot, readiness, said } = aBot();
    expect(await readiness()).toEqual([]);
    expect(said()).toEqual([]);
    bot.trouble = 'token_revoked';
    for (const _ of [1, 2, 3]) expect(await readiness()).toMatchObject([{ part: 'slack' }]);
    expect(said()).toEqual([['warn', 'slack', 'not ready']]);
  });

  it('is logged again where the reason is another one', async () => {
    const { bot, readiness, said } = aBot();
    for (const trouble of ['no answer', 'token_revoked']) {
      bot.trouble = trouble;
      await readiness();
    }
    expect(said()).toEqual([
      ['warn', 'slack', 'not ready'],
      ['warn', 'slack', 'not ready'],
    ]);
  });

  it('is logged where the part can be used again', async () => {
    const { bot, readiness, said } = aBot();
    bot.trouble = 'no answer';
    await readiness();
    bot.trouble = undefined;
    await readiness();
    await readiness();
    expect(said()).toEqual([
      ['warn', 'slack', 'not ready'],
      ['info', 'slack', 'ready again'],
    ]);
  });
});
