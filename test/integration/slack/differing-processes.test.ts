import { describe, expect, it } from 'vitest';
import { AYU } from '../../../sandbox/local-slack/workspace.ts';
import { toldAfter } from '../../support/strict-conversation.ts';
import { inStrictWorld } from '../../support/strict-world.ts';

describe('two processes of the bot with different settings', () => {
  it('are told by the status of each, in its language, and no longer once they agree', () =>
    inStrictWorld(
      async (world) => {
        const status = () => toldAfter(world, () => world.ayu.command('status'));
        const other = await world.anotherBot({ DEACTIVATION_LIMIT_COUNT: '50', BOT_LANGUAGE: 'id' });
        expect(await status()).toContain(
          '1 other process of usersync has other settings: `BOT_LANGUAGE`, `DEACTIVATION_LIMIT_COUNT`.',
        );
        const there = world.person(AYU.id, other);
        expect(await toldAfter(world, () => there.command('status'))).toContain(
          '1 proses usersync lain punya pengaturan yang berbeda: `BOT_LANGUAGE`, `DEACTIVATION_LIMIT_COUNT`.',
        );
        await other.stop();
        await world.anotherBot({ PORT: '0', LOG_LEVEL: 'debug' });
        expect(await status()).not.toContain('other settings');
      },
      { settings: { DEACTIVATION_LIMIT_COUNT: '5' } },
    ));
});
