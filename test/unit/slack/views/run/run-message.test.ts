import { describe, expect, it } from 'vitest';
import { en } from '../../../../../src/slack/text/en.ts';
import { id } from '../../../../../src/slack/text/id.ts';
import { type Excerpt, NO_EXCERPT } from '../../../../../src/slack/views/run/excerpt.ts';
import { readingMessage, runMessage } from '../../../../../src/slack/views/run/run-message.ts';
import { RUN_STATUSES, SYSTEM } from '../../../../../src/sync/run/run.ts';
import { ANN, aRun, BOB, changes } from '../../../../support/view-fixtures.ts';
import { buttonsIn, textOf, textsIn } from '../read-payload.ts';

const options = {
  guardLimits: { count: 5, percent: 20 },
  people: { needed: 1, approvals: [] },
  breakGlass: true,
};
const TWENTY_FIVE: Excerpt = { ...NO_EXCERPT, add: changes('add', 25) };

describe('while the work goes on', () => {
  it('says that it reads', () => {
    const run = aRun({ status: 'reading', planHash: undefined });
    const message = runMessage(en, run, NO_EXCERPT, options);
    expect(textOf(message, 'run:12:reading:line')).toBe('⏳ Reading users from Dev…');
    expect(buttonsIn(message)).toEqual([]);
    expect(message.blocks.some(({ block_id }) => block_id?.endsWith('counts'))).toBe(false);
  });

  it('shows signs of Slack’s markup in the name of a location as they are', () => {
    const run = aRun({ status: 'reading', planHash: undefined, locationName: '*Gudang* _A_ & <B>' });
    const message = runMessage(en, run, NO_EXCERPT, options);
    expect(textOf(message, 'run:12:reading:line')).toContain(' ∗Gudang∗ ˍAˍ &amp; &lt;B&gt;…');
  });

  it('says how far it has read', () => {
    const run = aRun({ status: 'reading', planHash: undefined });
    expect(readingMessage(en, run, [300, 800]).text).toBe('Reading users from Dev… 300 of 800 users.');
    expect(readingMessage(en, run, [1, undefined]).text).toBe('Reading users from Dev… 1 user so far.');
    expect(textOf(readingMessage(en, run, [300, 800]), 'run:12:reading:line')).toContain('300 of 800 users');
    expect(JSON.stringify(readingMessage(en, run, [300, 800]))).not.toContain('"button"');
  });

  it.each([en, id])(
    'has Cancel beside its progress once it reads for long, where no Confirm will stand',
    (t) => {
      const run = aRun({ status: 'reading', planHash: undefined });
      const message = readingMessage(t, run, [300, 800], true);
      const words = { type: 'plain_text', text: t.run.button.cancel };
      expect(message.blocks.find(({ block_id }) => block_id === 'run:12:reading:line')).toMatchObject({
        accessory: { type: 'button', action_id: 'cancel_run', value: '12', text: words },
      });
      expect(buttonsIn(message)).toEqual([]);
    },
  );

  it.each([
    [en, 'Cancelled by <@U0ANN>. Nothing was changed. Type `/usersync dev` for a new preview.'],
    [id, 'Dibatalkan oleh <@U0ANN>. Tidak ada yang berubah.'],
  ])('says who cancelled it, without counts of a plan that there never was', (t, words) => {
    const run = aRun({ status: 'cancelled', cancelledBy: ANN, planHash: undefined }, { add: 0 });
    const message = runMessage(t, run, NO_EXCERPT, options);
    expect(textOf(message, 'run:12:cancelled:line')).toContain(words);
    expect(textOf(message, 'run:12:cancelled:footer')).toBe(t.run.number(12));
    expect(buttonsIn(message).map(({ action_id }) => action_id)).toEqual(['retry_run']);
    expect(message.blocks.some(({ block_id }) => block_id?.endsWith('counts'))).toBe(false);
  });

  it('takes the buttons away while it executes, and says who confirmed, alone or not, and whom it changes', () => {
    const run = aRun({ status: 'executing', confirmedBy: BOB });
    const message = runMessage(en, run, TWENTY_FIVE, options);
    expect(textOf(message, 'run:12:executing:line')).toBe('⏳ Syncing Dev…\nConfirmed by <@U0BOB>.');
    expect(textOf(message, 'run:12:executing:add')).toContain('*New Users (25)*');
    expect(buttonsIn(message)).toEqual([]);
    const alone = runMessage(en, { ...run, alone: true }, TWENTY_FIVE, options);
    expect(textOf(alone, 'run:12:executing:line')).toContain(en.alone.confirmed('<@U0BOB>'));
  });
});

describe('every message', () => {
  it.each(RUN_STATUSES)('has block ids of its own while %s', (status) => {
    const { blocks } = runMessage(en, aRun({ status }), TWENTY_FIVE, options);
    for (const { block_id } of blocks) expect(block_id).toMatch(new RegExp(`^run:12:${status}:[a-z]+$`));
  });

  it('says so where the schedule asked, and names a person who is no Slack member by name', () => {
    const text = (requestedBy: typeof ANN) =>
      textOf(runMessage(en, aRun({ requestedBy }), NO_EXCERPT, options), 'run:12:ready:requester');
    expect(text(SYSTEM)).toBe('Scheduled preview');
    expect(text({ id: 'U1> <!channel', name: '<!here>' })).toBe('Requested by &lt;!here&gt;');
  });

  it('never pings or links with what stands in the data', () => {
    const trap = '<!channel> <@U1> <https://x.test> `';
    const run = aRun(
      { locationName: trap, status: 'failed', failure: { code: 'fetch_failed', reason: trap } },
      { add: 1 },
    );
    for (const status of RUN_STATUSES) {
      const message = runMessage(
        en,
        { ...run, status },
        { ...NO_EXCERPT, add: changes('add', [trap]) },
        options,
      );
      for (const text of textsIn(message)) expect(text).not.toMatch(/<!channel|<@U1>|<https/);
    }
  });

  it('has no emoji in its header, whatever the location is called', () => {
    const message = runMessage(en, aRun({ locationName: 'Dev 🚚 :tada: 10:30' }), NO_EXCERPT, options);
    expect(textOf(message, 'run:12:ready:header')).toBe('Sync Preview: Dev  ꞉tada: 10:30');
  });

  it('names the location by its target where it has no name', () => {
    const message = runMessage(en, aRun({ locationName: ' ' }), NO_EXCERPT, options);
    expect(textOf(message, 'run:12:ready:header')).toBe('Sync Preview: dev');
  });
});
