export const plain = (text: string) => ({ type: 'plain_text', text });
export const mrkdwn = (text: string) => ({ type: 'mrkdwn', text });
export const section = (block_id: string, text = 'Some text') => ({
  type: 'section',
  block_id,
  text: mrkdwn(text),
});
export const button = (action_id: string, rest: object = {}) => ({
  type: 'button',
  action_id,
  text: plain('Cancel'),
  value: '42',
  ...rest,
});
export const actions = (...elements: object[]) => ({ type: 'actions', block_id: 'actions', elements });
export const message = (...blocks: object[]) => ({ channel: 'C1', text: 'Preview of Dev', blocks });
export const confirm = {
  title: plain('Sure?'),
  text: plain('Gone.'),
  confirm: plain('Yes'),
  deny: plain('No'),
};
