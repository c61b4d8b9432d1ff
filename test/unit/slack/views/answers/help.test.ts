import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { COMMANDS, nearest } from '../../../../../src/config/commands.ts';
import { parseCommand } from '../../../../../src/slack/listeners/parse-command.ts';
import { en } from '../../../../../src/slack/text/en.ts';
import { id } from '../../../../../src/slack/text/id.ts';
import { helpMessage } from '../../../../../src/slack/views/answers/home-and-help.ts';
import { suggestion, unknownTargetText } from '../../../../../src/slack/views/answers/unknown-command.ts';
import { textOf } from '../read-payload.ts';

const TARGETS = ['dev', 'test', 'prod'];

describe('help', () => {
  it('shows how to preview every target of this workspace, and how to take one back', () => {
    expect(textOf(helpMessage(en, TARGETS), 'help:commands')).toBe(
      [
        '*Commands*',
        '• `/usersync dev` shows what a sync would change',
        '• `/usersync test` shows what a sync would change',
        '• `/usersync prod` shows what a sync would change',
        '• `/usersync all` shows that for every target at once',
        '• `/usersync rollback` shows what taking back the newest sync would change',
        '• `/usersync rollback 12` shows the same for run 12 (its message has the number), `/usersync rollback dev` for the newest sync of that target',
        '• `/usersync pause` stops all syncs that run by a rule, `/usersync pause dev` those of one target',
        '• `/usersync resume` starts them all again, `/usersync resume dev` those of one target',
      ].join('\n'),
    );
  });

  it('shows how to look something up, with a target of this workspace as the example', () => {
    expect(textOf(helpMessage(en, ['sby', 'dev']), 'help:look-up')).toBe(
      [
        '*To Look Something Up*',
        '• `/usersync status` shows the status of all targets, `/usersync status sby` of just one',
        '• `/usersync history` lists the latest runs, `/usersync history sby` those of one target',
        '• `/usersync users sby` lists the users of a target, `/usersync users sby inactive vendor` only the inactive ' +
          'ones with “vendor” in the email',
        '• `/usersync inactive` lists inactive users and when their row was last changed, `/usersync inactive sby` those of one target',
        '• `/usersync find vendor1` shows the users with that in their email at all targets, and which run ' +
          'changed them last',
        '• `/usersync export 12` sends you the plan of run 12 as a CSV file',
        '• `/usersync config` shows the targets, their servers and the settings',
        '• `/usersync help` shows this text',
      ].join('\n'),
    );
  });

  it.each([
    ['en', en],
    ['id', id],
  ])('has every command, with and without what may follow it: %s', (_language, texts) => {
    const { text } = helpMessage(texts, TARGETS);
    for (const [command, follows] of Object.entries(COMMANDS)) {
      if (follows === '' || follows.startsWith('[')) expect(text).toContain(`\`/usersync ${command}\``);
      if (follows !== '') expect(text).toContain(`\`/usersync ${command} `);
    }
  });

  it('says all of it to a screen reader too', () => {
    const message = helpMessage(en, TARGETS);
    for (const part of ['intro', 'commands', 'look-up']) {
      expect(message.text).toContain(textOf(message, `help:${part}`));
    }
  });

  it('names the others where there are many, and counts those that it does not name', () => {
    const many = (n: number) => Array.from({ length: n }, (_, index) => `depot${index + 1}`);
    expect(textOf(helpMessage(en, many(10)), 'help:commands')).toContain(
      '• Other targets: `depot9`, `depot10`\n',
    );
    expect(textOf(helpMessage(en, many(100)), 'help:commands')).toContain('`depot23` and 77 more\n');
  });

  it('says what to set where there is none', () => {
    expect(helpMessage(en, []).text).toContain('The operator must set SYNC_TARGETS.');
  });
});

describe('the answer to an unknown target', () => {
  it('suggests the nearest and lists all', () => {
    expect(unknownTargetText(en, 'prd', TARGETS)).toBe(
      'There is no target `prd`. Nothing was changed. Did you mean `/usersync prod`? ' +
        'The targets are `dev`, `test`, `prod`.',
    );
  });

  it('suggests nothing where nothing is near, but the way to all commands', () => {
    expect(unknownTargetText(en, 'surabaya', TARGETS)).toBe(
      'There is no target `surabaya`. Nothing was changed. The targets are `dev`, `test`, `prod`. ' +
        'Type `/usersync help` to see all commands.',
    );
  });

  it.each([
    ['dve', 'dev'],
    ['dev now', 'dev'],
    ['hsitory', 'history'],
    ['hisotry dve', 'history dev'],
    ['satus prod please', 'status prod'],
    ['statsu surabaya', 'status'],
    ['usres dve inactive vendor', 'users dev inactive vendor'],
    ['user', 'users dev'],
    ['active', 'inactive'],
    ['al', 'all'],
    ['roll-back 12', 'rollback 12'],
    ['rollbakc now', 'rollback'],
    ['exprot', 'export 12'],
    ['fnid anna@dkm', 'find anna@dkm'],
    ['fnd', 'find vendor1@dkm'],
    ['confg', 'config'],
    ['exprot 7', 'export 7'],
    ['hlep', 'help'],
    ['undo', 'rollback'],
    ['roll back #12', 'rollback 12'],
    ['rollbak prod', 'rollback prod'],
    ['DVE', 'dev'],
    ['sync dev', 'dev'],
    ['lst dev', 'dev'],
    ['tset prod', 'prod'],
    ['show users dev', 'users dev'],
    ['get status', 'status'],
    ['dev pause', 'pause dev'],
    ['dve pause', 'pause dev'],
    ['dev resume', 'resume dev'],
    ['45 rollback', 'rollback 45'],
    ['run 45 rollback', 'rollback 45'],
    ['prod rollback', 'rollback prod'],
    ['prod users', 'users prod'],
    ['dev all', 'dev'],
    ['dev export', 'dev'],
    ['pause for prod', 'pause prod'],
    ['history of prod', 'history prod'],
    ['users of prod', 'users prod'],
    ['users active prod', 'users prod'],
    ['rollback 45.', 'rollback 45'],
    ['rollback #45,', 'rollback 45'],
    ['rollback run45', 'rollback 45'],
    ['rollback run #45', 'rollback 45'],
    ['export 45.', 'export 45'],
    ['please preview prod now', 'prod'],
    ['view prod', 'prod'],
    ['lihat users prod', 'users prod'],
    ['sync all', 'all'],
    ['puase all', 'pause all'],
    ['resume all dev', 'resume dev'],
    ['jeda dev', 'pause dev'],
    ['please pause dev', 'pause dev'],
  ])('suggests for %j what was probably meant: %j', (typed, meant) => {
    expect(unknownTargetText(en, typed, TARGETS)).toContain(`Did you mean \`/usersync ${meant}\`?`);
  });

  it.each(['last', 'list', 'get', 'live', '45 status', '45 pause'])(
    'suggests nothing for %j, which is nothing of ours',
    (typed) => {
      expect(unknownTargetText(en, typed, TARGETS)).not.toContain('Did you mean');
    },
  );

  it.each([
    ...['pause production', 'resume foo', 'rollback production', 'rollback all'],
    ...[
      'puase surabaya',
      'resmue surabaya',
      'al surabaya',
      'jeda surabaya',
      'lanjutkan semua',
      'resume all surabaya',
    ],
    ...[
      'surabaya pause',
      'production resume',
      'rules resume',
      'surabaya rollback',
      'surabaya all',
      'disable all',
    ],
  ])('suggests for %j no command that would mean every target', (typed) => {
    const text = unknownTargetText(en, typed, TARGETS);
    expect(text).toMatch(/^There is no target .* Nothing was changed\. The targets are /);
    expect(text).not.toContain('Did you mean');
  });

  it.each([
    'batal!',
    '“batal”!',
    '`cancel`.',
    'stop…',
    'cancel.',
    'confirm, 12',
    'stop all',
    'stop dev',
    'hentikan dev',
    'View All',
    'view all 12',
    'lihat semua',
  ])('refers %j to the buttons, as it is the label of one or means one', (typed) => {
    const text = unknownTargetText(id, typed, TARGETS);
    expect(text).toContain(id.help.buttons('`/usersync status`'));
    expect(text).not.toContain('Maksud');
  });

  it('calls a run that it invents an example', () => {
    expect(unknownTargetText(en, 'export dev', TARGETS)).toContain('For example: `/usersync export 12`.');
  });

  it('names the word that is no target, where the command exists', () => {
    expect(unknownTargetText(en, 'users dve', TARGETS)).toBe(
      'There is no target `dve`. Did you mean `/usersync users dev`? The targets are `dev`, `test`, `prod`.',
    );
    expect(unknownTargetText(en, 'constructor', TARGETS)).toMatch(/^There is no target/);
  });

  it.each([
    [
      'userz Dev Active Anna',
      'There is no command `userz Dev Active Anna`. Nothing was changed. Did you mean `/usersync users dev Active Anna`?',
    ],
    [
      'fnd Anna@dkm',
      'There is no command `fnd Anna@dkm`. Nothing was changed. Did you mean `/usersync find Anna@dkm`?',
    ],
    [
      'show users DEV Anna',
      'There is no command `show users DEV Anna`. Nothing was changed. Did you mean `/usersync users dev Anna`?',
    ],
    ['users', '`users` needs a target. For example: `/usersync users dev`.'],
    ['find', '`find` needs an email, or a part of one. For example: `/usersync find vendor1@dkm`.'],
    ['export', '`export` needs the number of a run. For example: `/usersync export 12`.'],
    ['find ""', '`find ""` needs an email, or a part of one. For example: `/usersync find vendor1@dkm`.'],
    ['status nowhere', 'There is no target `nowhere`. Did you mean `/usersync status`?'],
    [
      'users dev one two',
      '`users dev one two` is not the way to type this command. Did you mean `/usersync users dev one`?',
    ],
    [
      'users dev inactive one two',
      '`users dev inactive one two` is not the way to type this command. Did you mean `/usersync users dev inactive one`?',
    ],
    [
      'rollback 1 2',
      '`rollback 1 2` is not the way to type this command. Nothing was changed. Did you mean `/usersync rollback 1`?',
    ],
    ['export abc', '`export abc` needs the number of a run. For example: `/usersync export 12`.'],
    ['export 1 2', '`export 1 2` is not the way to type this command. Did you mean `/usersync export 1`?'],
    [
      'export run 7',
      '`export run 7` is not the way to type this command. Did you mean `/usersync export 7`?',
    ],
    [
      'rollback dev 7',
      '`rollback dev 7` is not the way to type this command. Nothing was changed. Did you mean `/usersync rollback 7`?',
    ],
    [
      'confirm 12',
      "There is no command `confirm 12`. That is done with the buttons on a run's message. " +
        'Type `/usersync status` for the runs that wait. Nothing was changed.',
    ],
    ['users nowhere', 'There is no target `nowhere`. For example: `/usersync users dev`.'],
    ['rollback dve', 'There is no target `dve`. Nothing was changed. Did you mean `/usersync rollback dev`?'],
    ['rollbak', 'There is no command `rollbak`. Nothing was changed. Did you mean `/usersync rollback`?'],
    ['hsitory', 'There is no command `hsitory`. Nothing was changed. Did you mean `/usersync history`?'],
  ])('says of %j what is wrong, in words of its kind', (typed, words) => {
    const text = unknownTargetText(en, typed, TARGETS);
    expect(text.startsWith(words), text).toBe(true);
    expect(text).not.toContain('cannot read');
  });

  it('suggests only commands that can be typed', () => {
    const word = fc.constantFrom(
      ...[
        ...Object.keys(COMMANDS),
        ...TARGETS,
        'dve',
        'active',
        'inactive',
        'rollbak',
        '12',
        '#3',
        'one',
        '@dkm',
      ],
    );
    fc.assert(
      fc.property(fc.array(word, { minLength: 1, maxLength: 5 }), (words) => {
        const meant = suggestion(words.join(' '), TARGETS);
        if (meant !== undefined) expect(parseCommand(meant, TARGETS).verb, meant).not.toBe('unknown');
      }),
    );
  });

  it('names the targets only where one may be typed', () => {
    for (const typed of ['rollback dve', 'users dve', 'pause dve', 'xyz', 'sync dev', 'rollbak 3'])
      expect(unknownTargetText(en, typed, TARGETS)).toContain('The targets are');
    for (const typed of ['export abc', 'find', 'config dev', 'help me', 'all dev', 'hepl', 'confg'])
      expect(unknownTargetText(en, typed, TARGETS)).not.toContain('The targets are');
  });

  it('suggests a target rather than a command that is as near', () => {
    expect(unknownTargetText(en, 'halp', ['hulp'])).toContain('Did you mean `/usersync hulp`?');
  });

  it('names the only target', () => {
    expect(unknownTargetText(en, 'x y z', ['dev'])).toContain('The only target is `dev`.');
  });

  it('names some where there are very many', () => {
    const many = Array.from({ length: 100 }, (_, n) => `depot-with-a-long-name-${n + 1}`);
    expect(unknownTargetText(en, 'x y z', many)).toContain('`depot-with-a-long-name-20` and 80 more.');
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
    ['dve', 'dev'],
    ['edv', 'dev'],
    ['de', 'dev'],
    ['production', undefined],
    ['vde', undefined],
    ['', undefined],
    ['xyz', undefined],
  ])('takes %j for %j', (typed, name) => {
    expect(nearest(typed, TARGETS)).toBe(name);
  });

  it('prefers the one with the fewest letters off', () => {
    expect(nearest('sby2', ['sby1', 'sby22', 'sby2x', 'sby2'])).toBe('sby2');
  });

  it('counts two neighbours in the wrong order as one slip', () => {
    expect(nearest('tset', ['teat', 'test'])).toBe('test');
  });
});
