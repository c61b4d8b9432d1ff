import { describe, expect, it } from 'vitest';
import { en } from '../../../src/slack/text/en.ts';
import { helpMessage, unknownTargetText } from '../../../src/slack/views/help.ts';
import { nearest } from '../../../src/slack/views/nearest.ts';
import { textOf } from './read-payload.ts';

const TARGETS = ['dev', 'test', 'prod'];

describe('help', () => {
  it('shows how to use every target of this workspace, and help itself', () => {
    expect(textOf(helpMessage(en, TARGETS), 'help:commands')).toBe(
      [
        '*Commands*',
        '• `/usersync dev` shows what a sync would change',
        '• `/usersync test` shows what a sync would change',
        '• `/usersync prod` shows what a sync would change',
        '• `/usersync rollback` shows what taking back the newest run would change',
        '• `/usersync rollback 12` shows the same for run 12 (its message has the number)',
        '• `/usersync help` shows this text',
      ].join('\n'),
    );
  });

  it('names the others where there are many', () => {
    const many = Array.from({ length: 12 }, (_, n) => `depot${n + 1}`);
    expect(textOf(helpMessage(en, many), 'help:commands')).toContain('Other targets: `depot11`, `depot12`');
  });

  it('says what to set where there is none', () => {
    expect(helpMessage(en, []).text).toContain('Whoever runs the bot must set SYNC_TARGETS.');
  });
});

describe('the answer to an unknown target', () => {
  it('suggests the nearest and lists all', () => {
    expect(unknownTargetText(en, 'prd', TARGETS)).toBe(
      'There is no target `prd`. Nothing was changed. Did you mean `/usersync prod`? ' +
        'The targets are `dev`, `test`, `prod`.',
    );
  });

  it('suggests nothing where nothing is near', () => {
    expect(unknownTargetText(en, 'surabaya', TARGETS)).toBe(
      'There is no target `surabaya`. Nothing was changed. The targets are `dev`, `test`, `prod`.',
    );
  });

  it('names the only target', () => {
    expect(unknownTargetText(en, 'x y z', ['dev'])).toContain('The only target is `dev`.');
  });

  it('names some where there are very many', () => {
    const many = Array.from({ length: 100 }, (_, n) => `depot-with-a-long-name-${n + 1}`);
    expect(unknownTargetText(en, 'x y z', many)).toMatch(/`depot-with-a-long-name-20` and 80 more\.$/);
  });

  it('shows what was typed as it was typed, harmless', () => {
    expect(unknownTargetText(en, '<!here>`', TARGETS)).toContain('`&lt;!here&gt;ˋ`');
  });
});

describe('nearest', () => {
  it.each([
    ['prd', 'prod'],
    ['DEV', 'dev'],
    ['tets', 'test'],
    ['de', 'dev'],
    ['production', undefined],
    ['', undefined],
    ['xyz', undefined],
  ])('takes %j for %j', (typed, name) => {
    expect(nearest(typed, TARGETS)).toBe(name);
  });

  it('prefers the one with the fewest letters off', () => {
    expect(nearest('sby2', ['sby1', 'sby22', 'sby2x', 'sby2'])).toBe('sby2');
  });
});
