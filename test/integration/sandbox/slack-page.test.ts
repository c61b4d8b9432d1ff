import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type LocalSlack, startLocalSlack } from '../../../sandbox/local-slack/local-slack.ts';
import { type SlackPage, startSlackPage } from '../../../sandbox/local-slack/page.ts';
import { lookAtScreen } from '../../../sandbox/local-slack/screen.ts';

let slack: LocalSlack;
let page: SlackPage;

beforeAll(async () => {
  slack = await startLocalSlack({ mode: 'socket' });
  page = await startSlackPage(slack.url, 0);
});
afterAll(async () => {
  await page.stop();
  await slack.stop();
});

describe('the page in front of the local Slack', () => {
  it('is its page, with our script before its own', async () => {
    const [own, ours] = await Promise.all(
      [slack.url, page.url].map(async (url) => (await fetch(url)).text()),
    );
    expect(ours).toContain('{date_short_pretty}');
    expect(own).not.toContain('{date_short_pretty}');
    expect((ours?.indexOf('<script data-upstream') ?? 0) <= (ours?.indexOf('<script') ?? -1)).toBe(true);
    expect(ours?.replace(/<script data-upstream.*?<\/script>/s, '')).toBe(own);
  });

  it('passes on what the page asks for and says', async () => {
    expect(await (await fetch(`${page.url}/_control/state`)).json()).toEqual(
      await (await fetch(`${slack.url}/_control/state`)).json(),
    );
    expect(await lookAtScreen(page.url)).toEqual(await lookAtScreen(slack.url));
  });
});
