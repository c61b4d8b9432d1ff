import { mkdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { type Browser, chromium, type Locator, type Page } from 'playwright-core';
import { AYU } from '../sandbox/local-slack/workspace.ts';
import { find } from '../sandbox/process/programs.ts';
import { exitWith, readCommandLine } from '../sandbox/process/usage.ts';
import { confirm, preview } from '../sandbox/worlds/conversation.ts';
import { type Demo, startDemo } from './start.ts';

/** Pixels; what stands further right on a card is empty. */
const WIDEST = 720;

const FOLDER = fileURLToPath(new URL('../docs/images', import.meta.url));

/** Opens the local Slack in a real browser and takes the pictures that the documents show. */
async function takeAll({ world, url }: Demo, page: Page): Promise<void> {
  const shoot = async (name: string, from: Locator, { to = from, margin = 0 } = {}) => {
    const [first, last] = [await from.boundingBox(), await to.boundingBox()];
    if (first === null || last === null) throw new Error(`There is nothing to take for ${name}`);
    // No button under the mouse.
    await page.mouse.move(0, 0);
    const height = last.y + last.height - first.y + 2 * margin;
    const width = Math.min(first.width + 2 * margin, WIDEST);
    const clip = { x: first.x - margin, y: first.y - margin, width, height };
    await page.screenshot({ path: `${FOLDER}/${name}.png`, clip });
  };
  await page.goto(url);
  const message = await preview(world, 'test');
  await page.getByText('Sync Preview: Test').first().waitFor();
  await shoot('preview', page.locator('.msg').last());

  await world.slack.click(message.ts, AYU.id, 'view_plan');
  await page.locator('.modal').getByText('Unchanged Users (10)').waitFor();
  await shoot('modal', page.locator('.modal').last());
  await page.getByText('Close', { exact: true }).first().click();

  await confirm(world, message);
  await page.getByText('Sync Completed: Test').first().waitFor();
  await page
    .getByText(/1 repl/)
    .first()
    .click();
  await page.getByText('Sync completed successfully!').first().waitFor();
  await shoot('thread', page.locator('.msg').nth(1), { to: page.locator('.msg').last() });

  await page
    .getByRole('button', { name: /usersync/ })
    .first()
    .click();
  await page.getByText('User Sync of the Depot Servers').first().waitFor();
  await shoot(
    'home',
    page.getByText('User Sync of the Depot Servers').locator('xpath=ancestor::*[@class="blocks"]'),
    { margin: 18 },
  );
}

async function openBrowser(): Promise<Browser> {
  const executablePath =
    (await find('chromium')) ?? (await find('google-chrome')) ?? (await find('chromium-browser'));
  if (executablePath === undefined) throw new Error('No Chromium found: `sudo apt install chromium`');
  const args = [
    '--no-sandbox',
    '--disable-gpu',
    '--disable-background-networking',
    '--disable-component-update',
  ];
  return chromium.launch({ executablePath, args });
}

async function main(): Promise<number> {
  readCommandLine('npm run screenshots', () => parseArgs({ options: {} }));
  await mkdir(FOLDER, { recursive: true });
  const browser = await openBrowser();
  const demo = await startDemo({ settings: { SLACK_CHANNEL_IDS: 'C0DEVSUP01' } });
  try {
    const page = await browser.newPage({ viewport: { width: 1100, height: 860 } });
    page.setDefaultTimeout(15_000);
    await takeAll(demo, page);
    return 0;
  } finally {
    await browser.close();
    await demo.stop();
  }
}

exitWith(main());
