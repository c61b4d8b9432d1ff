import type { types } from '@slack/bolt';
import type { Texts } from '../text/en.ts';
import { plain } from '../text/escape.ts';
import { plainText, section } from './blocks.ts';

const TITLE_LIMIT = 24;

/** A modal that only shows something. `title` is cut to 24 characters, Slack's limit. */
export function readOnlyModal(t: Texts, title: string, blocks: types.KnownBlock[]): types.ModalView {
  return {
    type: 'modal',
    title: plainText(plain(title, TITLE_LIMIT)),
    close: plainText(t.trouble.close),
    blocks,
  };
}

/** Opened at once, because a `trigger_id` lives 3 s; what was asked for replaces it by `views.update`. */
export function loadingModal(t: Texts, title: string): types.ModalView {
  return readOnlyModal(t, title, [section('loading', t.trouble.loading)]);
}

/** Fills a modal with one text, such as a refusal. `body` is mrkdwn of up to 3,000 characters. */
export function messageModal(t: Texts, title: string, body: string): types.ModalView {
  return readOnlyModal(t, title, [section('message', body)]);
}
