import { describe, expect, it } from 'vitest';
import { PLAN_CSV_HEADER, planCsvName, planCsvRow } from '../../../../../src/slack/views/run/whole-plan.ts';
import { aRun } from '../../../../support/view-fixtures.ts';

describe('the CSV file of a plan', () => {
  it('has a header and one line per change', () => {
    expect(PLAN_CSV_HEADER).toBe('action,email,status_before,status_after,detail\r\n');
    expect(
      planCsvRow({
        seq: 1,
        action: 'deactivate',
        email: 'old_user1@dkm',
        statusBefore: 'active',
        statusAfter: 'inactive',
        detail: undefined,
      }),
    ).toBe('deactivate,old_user1@dkm,active,inactive,\r\n');
  });

  it('holds no formula and breaks no line, whatever the server sent', () => {
    const row = planCsvRow({
      seq: 2,
      action: 'skipped',
      email: '=cmd|"/c calc"!A1',
      statusBefore: undefined,
      statusAfter: undefined,
      detail: 'bad_email, really',
      sourceId: 7n,
    });
    expect(row).toBe('skipped,"\'=cmd|""/c calc""!A1",,,"id_user 7: bad_email, really"\r\n');
  });

  it('says of an omitted user what the plan would have done', () => {
    const omitted = { seq: 3, action: 'omitted', email: 'kept@dkm', detail: undefined } as const;
    expect(planCsvRow({ ...omitted, statusBefore: 'active', statusAfter: 'inactive' })).toBe(
      'omitted,kept@dkm,active,inactive,deactivate\r\n',
    );
  });

  it('reads alike where an older version made the plan', () => {
    const skipped = {
      seq: 2,
      action: 'skipped',
      email: 'x',
      statusBefore: undefined,
      statusAfter: undefined,
    } as const;
    const [older, newer] = [
      planCsvRow({ ...skipped, detail: 'id_user 7: bad_email' }),
      planCsvRow({ ...skipped, detail: 'bad_email', sourceId: 7n }),
    ];
    expect(newer).toBe('skipped,x,,,id_user 7: bad_email\r\n');
    expect(older).toBe(newer);
  });

  it('is named after target and run', () => {
    expect(planCsvName(aRun())).toBe('usersync-dev-run-12.csv');
    expect(planCsvName(aRun({ target: '../a b' }))).toBe('usersync----a-b-run-12.csv');
  });
});
