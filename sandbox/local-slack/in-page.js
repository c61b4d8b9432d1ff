/**
 * Runs in the page of the local Slack before the page's own script (see page.ts). Adds parts that the page does not show: Slack's
 * dates in the reader's time zone, the dialog of a button, folded blocks, characters that Slack escapes, and icons on machines
 * without a font for them. Changes nothing else.
 */
(() => {
  const DATE = /<!date\^(\d+)\^([^|>^]+)(?:\^[^|>]*)?\|[^>]*>/g;
  const DAY_MS = 24 * 3_600_000;

  const startOfDay = (date) => new Date(date.getFullYear(), date.getMonth(), date.getDate()).getTime();

  /** `today`, `yesterday`, `tomorrow`, or the date, like Slack's {date_short_pretty}. */
  function prettyDay(date) {
    const days = Math.round((startOfDay(date) - startOfDay(new Date())) / DAY_MS);
    const near = { '-1': 'yesterday', 0: 'today', 1: 'tomorrow' }[days];
    return near ?? date.toLocaleDateString('en', { month: 'short', day: 'numeric', year: 'numeric' });
  }

  function shownDate(_token, seconds, format) {
    const date = new Date(Number(seconds) * 1000);
    const time = date.toLocaleTimeString('en', { hour: 'numeric', minute: '2-digit' });
    return format
      .replace('{time}', time)
      .replace('{date_short_pretty}', prettyDay(date))
      .replace('{date_num}', date.toLocaleDateString('sv'));
  }

  /** The page reads a star as the beginning of bold text, even in code. So stars are replaced here, and `mend` restores them. */
  const STAR = '\u2217';
  const starsInCode = (text) => text.replace(/`[^`"]+`/g, (code) => code.replaceAll('*', STAR));

  /** Links lead to this page, not to the local Slack behind it. */
  const { upstream } = document.currentScript?.dataset ?? {};
  const here = (text) => (upstream === undefined ? text : text.replaceAll(upstream, window.location.origin));

  /** The dialogs of the shown buttons, by block and action. */
  const dialogs = new Map();
  const keyOf = (blockId, actionId) => `${blockId} ${actionId}`;

  function collect(value) {
    if (typeof value !== 'object' || value === null) return;
    for (const element of [...(value.elements ?? []), value.accessory]) {
      if (element?.confirm) dialogs.set(keyOf(value.block_id, element.action_id), element.confirm);
    }
    for (const inner of Object.values(value)) collect(inner);
  }

  function ask({ title, text, confirm, deny, style }, go) {
    const dialog = document.createElement('dialog');
    dialog.style.cssText =
      'border:0;border-radius:8px;padding:24px;max-width:440px;font:15px/1.45 Lato,sans-serif';
    const line = (tag, words, css) => {
      const element = document.createElement(tag);
      element.textContent = words;
      element.style.cssText = css;
      return element;
    };
    const button = (words, css, act) => {
      const element = line(
        'button',
        words,
        `font:bold 15px Lato,sans-serif;border-radius:4px;padding:7px 14px;margin-left:12px;cursor:pointer;${css}`,
      );
      element.addEventListener('click', () => {
        dialog.close();
        dialog.remove();
        act();
      });
      return element;
    };
    const row = line('div', '', 'display:flex;justify-content:flex-end;margin-top:20px');
    const color = style === 'danger' ? '#e01e5a' : '#007a5a';
    row.append(
      button(deny.text, 'background:#fff;color:#1d1c1d;border:1px solid #bbb', () => {}),
      button(confirm.text, `background:${color};color:#fff;border:1px solid ${color}`, go),
    );
    dialog.append(
      line('h3', title.text, 'margin:0 0 10px;font-size:20px'),
      line('div', text.text, 'white-space:pre-wrap'),
      row,
    );
    document.body.append(dialog);
    dialog.showModal();
  }

  /** The hidden text of each container block, by message and title. */
  const folded = new Map();

  /** The inputs that are shown as checkboxes. */
  const ticked = new Set();

  /** Replaces blocks that the page does not know with blocks that it can show. */
  function adapt(value) {
    if (typeof value !== 'object' || value === null) return;
    if (Array.isArray(value.blocks)) value.blocks = value.blocks.map((block) => adapted(block, value));
    for (const inner of Object.values(value)) adapt(inner);
  }

  function adapted(block, { ts, type: shownIn }) {
    if (block.type === 'container') return foldedLine(block, ts);
    // The page sends no clicks on the buttons of a modal.
    if (block.type === 'actions' && shownIn === 'modal') {
      return note(
        block,
        `${block.elements.map(({ text }) => text.text).join(', ')}: a button that works in Slack`,
      );
    }
    const { type, action_id, options, option_groups: groups = [] } = block.element ?? {};
    if (type === 'multi_external_select') {
      return note(block, `${block.label.text}: in Slack, a search among all of them`);
    }
    if (type !== 'multi_static_select') return block;
    ticked.add(keyOf(block.block_id, action_id));
    const boxes = options ?? groups.flatMap((group) => group.options);
    return { ...block, element: { type: 'checkboxes', action_id, options: boxes } };
  }

  function note({ block_id }, text) {
    return { type: 'context', block_id, elements: [{ type: 'mrkdwn', text }] };
  }

  function foldedLine({ block_id, title, child_blocks }, ts) {
    const texts = child_blocks.map(({ text }) => text.text.replaceAll('`', ''));
    folded.set(`${ts} ${title.text}`, texts.join('\n'));
    return { type: 'section', block_id, text: { type: 'mrkdwn', text: `▸ ${title.text}` } };
  }

  /** The submitted message, in which the checkboxes have the type that the bot expects. */
  function submitted(message) {
    for (const [blockId, actions] of Object.entries(message.values)) {
      for (const [actionId, entered] of Object.entries(actions)) {
        if (ticked.has(keyOf(blockId, actionId))) entered.type = 'multi_static_select';
      }
    }
    return JSON.stringify(message);
  }

  /** A click on the line of a container block shows or hides its text. */
  document.addEventListener('click', ({ target }) => {
    const line = target.closest('.bk-text');
    const title = line?.firstChild?.textContent.slice(2);
    const hidden = folded.get(`${line?.closest('.msg')?.dataset.ts} ${title}`);
    if (hidden === undefined) return;
    const shown = line.querySelector('pre');
    if (shown !== null) {
      shown.remove();
      return;
    }
    const list = document.createElement('pre');
    list.textContent = hidden;
    list.style.cssText = 'margin:4px 0 0 16px;font:12px monospace';
    line.append(list);
  });

  // A long word in code, such as a plan's hash, is broken as in Slack.
  const style = document.createElement('style');
  style.textContent = 'code{overflow-wrap:break-word}';
  document.head?.append(style);

  /** Signs of any font, for the page's icons and for emoji of cards. */
  const SIGNS = {
    ...{ '🏠': '⌂', '🔒': '*', '📄': '▤', '📎': '+', '🔔': '⚑', '🔊': '♪', '🔇': '∅', '😀': '☺', '💬': '❝' },
    ...{ '✏️': '✎', '🗑️': '✕', '⬇': '↓', '✅': '✔', '❌': '✖', '⚠️': '⚠', '⏳': '…', '📋': '▤', '↩️': '↩' },
  };
  const ICONS = new RegExp(Object.keys(SIGNS).join('|'), 'gu');

  /** Whether this machine has a font with emoji: an emoji then has colours. */
  function hasEmoji() {
    const context = document.createElement('canvas').getContext?.('2d');
    if (!context) return true;
    context.font = '20px sans-serif';
    context.fillText('🏠', 0, 20);
    const { data } = context.getImageData(0, 0, 30, 30);
    return data.some((value, at) => at % 4 === 0 && (value !== data[at + 1] || value !== data[at + 2]));
  }

  const drawn = hasEmoji();

  /** The page shows Slack's three entities undecoded (docs.slack.dev, "Formatting message text"). */
  function unescaped(text) {
    return text
      .replaceAll(STAR, '*')
      .replaceAll('&lt;', '<')
      .replaceAll('&gt;', '>')
      .replaceAll('&amp;', '&');
  }

  /** The text that `mend` gave to each node. */
  const mended = new WeakMap();

  function mend(node) {
    if (node.nodeType !== Node.TEXT_NODE) {
      for (const child of node.childNodes) mend(child);
      return;
    }
    const signed = drawn ? node.data : node.data.replace(ICONS, (icon) => SIGNS[icon]);
    const text = node.parentElement?.closest('.mrkdwn') ? unescaped(signed) : signed;
    // Only once: a decoded ampersand must not begin another entity.
    if (text === node.data || mended.get(node) === node.data) return;
    mended.set(node, text);
    node.data = text;
  }

  new MutationObserver((changes) => {
    for (const { target, addedNodes } of changes) for (const node of [target, ...addedNodes]) mend(node);
  }).observe(document, { childList: true, characterData: true, subtree: true });

  window.WebSocket = class extends window.WebSocket {
    set onmessage(handle) {
      this.addEventListener('message', ({ data }) => {
        const shown = starsInCode(here(String(data).replace(DATE, shownDate)));
        const parsed = JSON.parse(shown);
        collect(parsed);
        adapt(parsed);
        handle({ data: JSON.stringify(parsed) });
      });
    }

    send(data) {
      const message = JSON.parse(data);
      const { t, action } = message;
      if (t === 'view_submit') {
        super.send(submitted(message));
        return;
      }
      const dialog = t === 'block_action' ? dialogs.get(keyOf(action.block_id, action.action_id)) : undefined;
      if (dialog === undefined) super.send(data);
      else ask(dialog, () => super.send(data));
    }
  };
})();
