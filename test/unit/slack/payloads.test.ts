import { describe, expect, it } from 'vitest';
import { parseMention } from '../../../src/slack/listeners/door/payloads.ts';

const BOT = 'U0BOT';
const event = (text: string) => ({ user: 'U1', channel: 'C1', ts: '1.000001', text });

describe('a message that mentions the bot', () => {
  it.each([
    ['<@U0BOT> dev', 'dev'],
    ['  <@U0BOT>   dev  ', 'dev'],
    ['<@U0BOT|usersync>: dev', 'dev'],
    ['<@U0BOT>, users dev inactive', 'users dev inactive'],
    ['<@U0BOT> `dev`', 'dev'],
    ['<@U0BOT> users dev <mailto:budi@dkm.id|budi@dkm.id>', 'users dev budi@dkm.id'],
    ['<@U0BOT> users dev <mailto:budi@dkm.id>', 'users dev budi@dkm.id'],
    ['<@U0BOT> users dev <http://dkm.id|dkm.id>', 'users dev dkm.id'],
    ['<@U0BOT> a &lt;b&gt; &amp;amp;', 'a <b> &amp;'],
    ['<@U0BOT>\ndev', 'dev'],
    ['<@U0BOT>', ''],
  ])('at its beginning is a command: %s', (text, typed) => {
    expect(parseMention(event(text), BOT)?.text).toBe(typed);
  });

  it.each(['ask <@U0BOT> dev', 'I typed <@U0BOT> dev yesterday', '<@U0OTHER> dev', 'dev'])(
    'elsewhere asks for nothing but help: %s',
    (text) => {
      expect(parseMention(event(text), BOT)?.text).toBe('help');
    },
  );

  it('is the same request however often Slack sends it', () => {
    expect(parseMention(event('<@U0BOT> dev'), BOT)).toEqual(
      parseMention({ ...event('<@U0BOT> dev'), event_ts: '2' }, BOT),
    );
    expect(parseMention(event('<@U0BOT> dev'), BOT)?.requestKey).toBe('mention C1 1.000001');
  });

  it.each([
    ['another request where its author mends it at once', '61.000000', 'pause'],
    ['no request but for help where it is edited days later', '200001.000000', 'help'],
  ])('is %s', (_, ts, text) => {
    const edited = { ...event('<@U0BOT> pause'), edited: { user: 'U1', ts } };
    expect(parseMention(edited, BOT)).toMatchObject({ text, requestKey: `mention C1 1.000001 ${ts}` });
  });

  it('of nobody, or of another shape, is left alone', () => {
    expect(parseMention({ channel: 'C1', ts: '1', text: 'x' }, BOT)).toBeUndefined();
    expect(parseMention(undefined, BOT)).toBeUndefined();
  });
});
