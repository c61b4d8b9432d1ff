import { describe, expect, it } from 'vitest';
import { id } from '../../../../src/slack/text/id.ts';

describe('the Indonesian texts', () => {
  it('say what a plan does', () => {
    expect(id.run.planned('Dev', { add: 1, reactivate: 2, deactivate: 1 })).toBe(
      '1 user akan ditambahkan ke Dev; 2 user akan diaktifkan kembali; 1 user akan dinonaktifkan.',
    );
    expect(id.run.done('Dev', { add: 25, reactivate: 0, deactivate: 0 })).toBe(
      '25 user ditambahkan ke Dev; tidak ada yang dinonaktifkan.',
    );
    expect(id.run.planned('Dev', { add: 0, reactivate: 0, deactivate: 0 })).toBe(
      'Tidak ada user Dev yang akan berubah.',
    );
  });

  it('say how a sync ended', () => {
    const counts = { add: 25, reactivate: 0, deactivate: 0, unchanged: 0 };
    expect(id.run.result(counts)).toBe(
      'Sync berhasil! 25 user ditambahkan, 0 user dinonaktifkan, 0 user tidak berubah.',
    );
    expect(id.run.result({ ...counts, reactivate: 1 })).toContain(
      'ditambahkan, 1 user diaktifkan kembali, 0',
    );
    expect(id.failure.loginFailed.what('Unauthorized')).toBe('Gagal login ke API eksternal: Unauthorized');
  });

  it('do not call the last sync taken back where a rollback after it took back another one', () => {
    expect(id.status.rolledBack('hari ini', 'selesai', 'sync #7')).toBe(
      'Setelah itu ada rollback: sync #7, hari ini, selesai',
    );
  });

  it('say how many of the active users a plan over the guard deactivates', () => {
    const facts = { deactivate: 1, recentlyDeactivated: 0, active: 1 };
    expect(id.guard.facts('Dev', facts)).toContain('menonaktifkan satu-satunya user aktif di Dev');
    expect(id.guard.facts('Dev', { ...facts, deactivate: 9, active: 9 })).toContain(
      'semua 9 user aktif di Dev',
    );
    expect(id.guard.facts('Dev', { ...facts, active: 10 })).toContain('1 dari 10 user aktif di Dev');
  });

  it('do not speak of Confirm Alone where previews wait for their own Confirm', () => {
    const planned = id.state.planned({ add: 1_500_000, reactivate: 1_500_000, deactivate: 0 });
    for (const n of [1, 150]) expect(id.batch.dialog.text(n, planned)).not.toContain('sendiri');
    expect(id.batch.dialog.text(150, planned).length).toBeLessThanOrEqual(300);
    expect(id.refusedSteps.deactivates).not.toContain('sendiri');
  });

  it('describe a list of users', () => {
    expect(id.users.found({ total: 12, target: 'dev', status: 'inactive', text: undefined })).toBe(
      '12 user nonaktif di dev',
    );
    expect(id.users.found({ total: 1, target: undefined, status: undefined, text: 'vendor' })).toBe(
      '1 user di semua target dengan email yang mengandung vendor',
    );
  });
});
