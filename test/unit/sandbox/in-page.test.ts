import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { ROOT } from '../../../docs/check/pages.ts';

const SCRIPT = readFileSync(join(ROOT, 'sandbox/local-slack/in-page.js'), 'utf8');

type Handler = (event: { data: string }) => void;

/** As much of an element as the script uses. */
class FakeElement {
  readonly style = { cssText: '' };
  textContent = '';
  readonly children: FakeElement[] = [];
  private click: () => void = () => {};
  addEventListener(_kind: string, act: () => void): void {
    this.click = act;
  }
  append(...children: FakeElement[]): void {
    this.children.push(...children);
  }
  press(): void {
    this.click();
  }
  showModal(): void {}
  close(): void {}
  remove(): void {}
  /** Every element inside with this text. */
  find(text: string): FakeElement[] {
    return this.children.flatMap((child) => [
      ...(child.textContent === text ? [child] : []),
      ...child.find(text),
    ]);
  }
}

/** The page: what its own script hears and says, and what stands on it. */
function page() {
  const sent: string[] = [];
  let listen: Handler = () => {};
  class FakeSocket {
    addEventListener(_kind: string, handle: Handler): void {
      listen = handle;
    }
    send(data: string): void {
      sent.push(data);
    }
  }
  const body = new FakeElement();
  const window = {
    WebSocket: FakeSocket as new () => FakeSocket & { onmessage: Handler },
    location: { origin: 'http://127.0.0.1:4400' },
  };
  const currentScript = { dataset: { upstream: 'http://127.0.0.1:31000' } };
  const addEventListener = () => {};
  const document = { body, currentScript, addEventListener, createElement: () => new FakeElement() };
  let observe: (changes: object[]) => void = () => {};
  class MutationObserver {
    constructor(see: typeof observe) {
      observe = see;
    }
    observe(): void {}
  }
  runInNewContext(SCRIPT, { window, document, MutationObserver, Node: { TEXT_NODE: 3 } });
  /** Puts a text on the page, inside an element or outside. */
  const shown = (data: string, inside: boolean) => {
    const node = { nodeType: 3, data, parentElement: { closest: () => (inside ? {} : null) } };
    observe([{ target: { nodeType: 1, childNodes: [] }, addedNodes: [node] }]);
    return node.data;
  };
  const socket = new window.WebSocket();
  const heard: string[] = [];
  socket.onmessage = ({ data }) => heard.push(data);
  return {
    ...{ sent, heard, body, socket, shown },
    hear: (message: object) => listen({ data: JSON.stringify(message) }),
  };
}

const token = (date: Date) =>
  `<!date^${Math.floor(date.getTime() / 1000)}^{date_short_pretty} at {time}|2026-11-02 03:00 UTC>`;

const CONFIRM = {
  title: { text: 'Execute Sync' },
  text: { text: '2 users will be deactivated.' },
  confirm: { text: 'Execute' },
  deny: { text: 'Keep as It Is' },
  style: 'danger',
};
const card = (confirm?: object) => ({
  t: 'message',
  message: {
    blocks: [
      { type: 'actions', block_id: 'run:1:buttons', elements: [{ action_id: 'confirm_run', confirm }] },
    ],
  },
});
const press = { t: 'block_action', action: { block_id: 'run:1:buttons', action_id: 'confirm_run' } };

describe("the page of the local Slack, with the demo's script", () => {
  it('shows dates as Slack does', () => {
    const { heard, hear } = page();
    hear({ text: `${token(new Date())} and ${token(new Date('2026-01-02T12:00:00Z'))}` });
    expect(heard[0]).toMatch(/today at \d+:\d\d\s[AP]M and Jan 2, 2026 at \d+:\d\d\s[AP]M/);
    expect(heard[0]).not.toContain('<!date');
  });

  it('shows the characters that Slack escapes, in what a message says alone', () => {
    const { shown } = page();
    expect(shown('Friday &amp; &lt;35&gt; people, &amp;lt;', true)).toBe('Friday & <35> people, &lt;');
    expect(shown('&amp;', false)).toBe('&amp;');
  });

  it('makes nothing bold in code', () => {
    const { hear, heard, shown } = page();
    hear({ text: '*bold* `0 2 * * *`' });
    expect(heard[0]).toContain('*bold* `0 2 \u2217 \u2217 \u2217`');
    expect(shown('0 2 \u2217 \u2217 \u2217', true)).toBe('0 2 * * *');
  });

  it('keeps links on the page', () => {
    const { heard, hear } = page();
    hear({ text: '<http://127.0.0.1:31000/archives/C1/p1|run 4>' });
    expect(heard[0]).toContain('<http://127.0.0.1:4400/archives/C1/p1|run 4>');
  });

  it('shows a container block as a line that can be unfolded', () => {
    const { heard, hear } = page();
    const child = { type: 'section', text: { type: 'mrkdwn', text: '`user1@dkm`' } };
    const title = { type: 'plain_text', text: 'Unchanged Users (1)' };
    const container = { type: 'container', block_id: 'run:1:unchanged', title, child_blocks: [child] };
    hear({ t: 'message', message: { ts: '1.1', blocks: [container] } });
    expect(JSON.parse(heard[0] ?? '').message.blocks).toEqual([
      {
        type: 'section',
        block_id: 'run:1:unchanged',
        text: { type: 'mrkdwn', text: '▸ Unchanged Users (1)' },
      },
    ]);
  });

  it('shows a choice of several as boxes, and submits it as what it is', () => {
    const { heard, hear, socket, sent } = page();
    const options = [{ text: { type: 'plain_text', text: 'user1@dkm' }, value: '1' }];
    const element = { type: 'multi_static_select', action_id: 'picks', option_groups: [{ options }] };
    hear({ t: 'view', stack: [{ blocks: [{ type: 'input', block_id: 'adjust:picks', element }] }] });
    expect(JSON.parse(heard[0] ?? '').stack[0].blocks[0].element).toEqual({
      type: 'checkboxes',
      action_id: 'picks',
      options,
    });
    const values = (type: string) => ({ 'adjust:picks': { picks: { type, selected_options: options } } });
    socket.send(JSON.stringify({ t: 'view_submit', values: values('checkboxes') }));
    expect(JSON.parse(sent[0] ?? '').values).toEqual(values('multi_static_select'));
  });

  it('says of the buttons of a modal, which the page does not press, that they work in Slack', () => {
    const text = { type: 'plain_text', text: 'Send as File' };
    const actions = { type: 'actions', block_id: 'send', elements: [{ type: 'button', text }] };
    const { heard, hear } = page();
    hear({ t: 'view', stack: [{ type: 'modal', blocks: [actions] }] });
    hear({ t: 'home', view: { type: 'home', blocks: [actions] } });
    expect(heard[0]).toContain('"text":"Send as File: a button that works in Slack"');
    expect(heard[1]).not.toContain('works in Slack');
  });

  it('leaves everything else as it is', () => {
    const { heard, hear } = page();
    const message = { t: 'message', text: '<@U1> `<!date^x>` ^ {time}' };
    hear(message);
    expect(JSON.parse(heard[0] ?? '')).toEqual(message);
  });

  it('asks before a button is pressed that Slack asks for, and presses it then', () => {
    const { sent, hear, socket, body } = page();
    hear(card(CONFIRM));
    socket.send(JSON.stringify(press));
    expect(sent).toEqual([]);
    expect(body.find('2 users will be deactivated.')).toHaveLength(1);
    body.find('Execute')[0]?.press();
    expect(sent).toEqual([JSON.stringify(press)]);
  });

  it('presses nothing where the answer is no', () => {
    const { sent, hear, socket, body } = page();
    hear(card(CONFIRM));
    socket.send(JSON.stringify(press));
    body.find('Keep as It Is')[0]?.press();
    expect(sent).toEqual([]);
  });

  it('presses other buttons at once', () => {
    const { sent, hear, socket } = page();
    hear(card());
    socket.send(JSON.stringify(press));
    expect(sent).toHaveLength(1);
  });
});
