import { describe, expect, it } from 'vitest';
import { createLogger } from '../../../../src/process/logger.ts';
import { answering } from '../../../../src/slack/tell/answer.ts';
import { en } from '../../../../src/slack/text/en.ts';
import { DatabaseRefusedError } from '../../../../src/sync/failures/errors.ts';

const logger = createLogger('silent', { destination: { write: () => {} } });

async function toldOf(error: Error): Promise<string> {
  let told = '';
  const tell = async (text: string) => {
    told = text;
  };
  await answering({ t: en, logger }, tell, () => Promise.reject(error));
  return told;
}

it('somebody who closed a window while it was being filled learns how to open it again, and of no error', async () => {
  const closed = Object.assign(new Error('An API error occurred: not_found'), {
    code: 'slack_webapi_platform_error',
    data: { ok: false, error: 'not_found' },
  });
  expect(await toldOf(closed)).toMatch(/^The window was closed before .* to open it\.$/);
});

describe('a request that the database refused', () => {
  it('is answered with the full disk, whichever table the server names', async () => {
    const full = new DatabaseRefusedError('disk_full', '1114', "The table 'audit_logs' is full", {});
    expect(await toldOf(full)).toBe(
      'The disk of the database server is full. This request changed nothing. Tell the database administrator, and try again ' +
        'once that is fixed.',
    );
  });

  it('is answered with the words of the server for any other reason', async () => {
    const other = new DatabaseRefusedError('check', '4025', 'CONSTRAINT short failed', {});
    expect(await toldOf(other)).toContain('refused your request: CONSTRAINT short failed.');
  });
});
