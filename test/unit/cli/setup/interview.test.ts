import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import { openTerminal } from '../../../../src/cli/setup/interview.ts';

const [ENTER, CTRL_C, CTRL_D] = ['\r', '\x03', '\x04'];

/** A terminal, what is typed into it, and what it has shown. */
function openPiped() {
  const [keys, screen] = [new PassThrough(), new PassThrough()];
  const terminal = openTerminal(keys, screen);
  terminal.stopped.catch(() => {});
  const shown = async () => {
    terminal.close();
    screen.end();
    return text(screen);
  };
  return { ...terminal, type: (typed: string) => keys.write(typed), shown };
}

describe('a terminal', () => {
  it('shows a question and what is answered', async () => {
    const { ask, type, shown } = openPiped();
    const answer = ask('Name: ');
    type(`ayu${ENTER}`);
    expect(await answer).toBe('ayu');
    expect(await shown()).toMatch(/Name: .*ayu/s);
  });

  it('shows nothing of a secret, at no time', async () => {
    const { ask, type, shown } = openPiped();
    const secret = ask('Token: ', { hidden: true });
    type(`xoxb-geheim${ENTER}`);
    expect(await secret).toBe('xoxb-geheim');
    const next = ask('Name: ');
    // The arrow key, which brings the line before back where there is a history.
    type(`\x1b[A${ENTER}`);
    expect(await next).toBe('');
    const screen = await shown();
    expect(screen).toContain('Token: \n');
    expect(screen).not.toContain('geheim');
  });

  it('takes nothing for an answer that was typed before the question, and does not show it', async () => {
    const { ask, type, shown } = openPiped();
    type(`too early${ENTER}half`);
    const answer = ask('Name: ');
    type(`ayu${ENTER}`);
    expect(await answer).toBe('ayu');
    expect(await shown()).not.toMatch(/early|half/);
  });

  it.each([
    ['Ctrl-C at a question', CTRL_C, true],
    ['Ctrl-C while nothing is asked', CTRL_C, false],
    ['Ctrl-D at a question', CTRL_D, true],
  ])('ends the conversation on %s', async (_when, key, asking) => {
    const { ask, type, stopped } = openPiped();
    if (asking) ask('Name: ').catch(() => {});
    type(key);
    await expect(stopped).rejects.toThrow('Stopped. No settings were written.');
  });

  it('says nothing of work that is over, where it is left afterwards', async () => {
    const { finish, type, stopped, shown } = openPiped();
    expect(await finish(async () => 'done')).toBe('done');
    type(CTRL_C);
    await expect(stopped).rejects.toThrow('Stopped. No settings were written.');
    expect(await shown()).not.toContain('half-done');
  });

  it('is left at the end of what must not be left half-done', async () => {
    const { finish, type, stopped } = openPiped();
    let end = (_: string) => {};
    const done = finish(
      () =>
        new Promise<string>((resolve) => {
          end = resolve;
        }),
    );
    const order: string[] = [];
    const left = stopped.catch(() => order.push('left'));
    type(CTRL_C);
    await new Promise(setImmediate);
    order.push('done');
    end('all of it');
    expect(await done).toBe('all of it');
    await left;
    expect(order).toEqual(['done', 'left']);
  });

  it.each([
    ['Ctrl-C', ({ type }: ReturnType<typeof openPiped>) => void type(CTRL_C)],
    ['SIGTERM', () => void process.emit('SIGTERM')],
  ])('has what must not be left half-done end early on %s, and says so', async (_, leave) => {
    const piped = openPiped();
    const done = piped.finish(
      (stop) => new Promise<string>((resolve) => stop.addEventListener('abort', () => resolve('a part'))),
    );
    leave(piped);
    expect(await done).toBe('a part');
    await expect(piped.stopped).rejects.toThrow('Stopped. No settings were written.');
    expect(await piped.shown()).toContain('Stopping, as soon as nothing is left half-done.');
  });

  it('is not stopped by being closed', async () => {
    const { close, stopped } = openPiped();
    close();
    expect(await Promise.race([stopped, Promise.resolve('open')])).toBe('open');
  });
});
