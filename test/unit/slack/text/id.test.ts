import { describe, expect, it } from 'vitest';
import { id } from '../../../../src/slack/text/id.ts';

describe('the Indonesian texts', () => {
  it('say what a plan does', () => {
    expect(id.run.planned('Dev', { add: 1, reactivate: 2, deactivate: 1 })).toBe(
      '1 pengguna akan ditambahkan ke Dev; 2 pengguna akan diaktifkan kembali; 1 pengguna akan dinonaktifkan.',
    );
    expect(id.run.done('Dev', { add: 25, reactivate: 0, deactivate: 0 })).toBe(
      '25 pengguna ditambahkan ke Dev; tidak ada yang dinonaktifkan.',
    );
    expect(id.run.planned('Dev', { add: 0, reactivate: 0, deactivate: 0 })).toBe(
      'Tidak ada pengguna Dev yang akan diubah.',
    );
  });

  it('say how a sync ended', () => {
    const counts = { add: 25, reactivate: 0, deactivate: 0, unchanged: 0 };
    expect(id.run.result(counts)).toBe(
      'Sinkronisasi berhasil! 25 pengguna ditambahkan, 0 pengguna dinonaktifkan, 0 pengguna tidak berubah.',
    );
    expect(id.run.result({ ...counts, reactivate: 1 })).toContain(
      'ditambahkan, 1 pengguna diaktifkan kembali, 0',
    );
    expect(id.failure.loginFailed.what('Unauthorized')).toBe('Gagal login ke API eksternal: Unauthorized');
  });

  it('say of a guard who goes', () => {
    const facts = { deactivate: 1, recentlyDeactivated: 0, active: 1 };
    expect(id.guard.facts('Dev', facts)).toContain('menonaktifkan satu-satunya pengguna aktif di Dev');
    expect(id.guard.facts('Dev', { ...facts, deactivate: 9, active: 9 })).toContain(
      'semua 9 pengguna aktif di Dev',
    );
    expect(id.guard.facts('Dev', { ...facts, active: 10 })).toContain('1 dari 10 pengguna aktif di Dev');
  });

  it('describe a list of users', () => {
    expect(id.users.found({ total: 12, target: 'dev', status: 'inactive', text: undefined })).toBe(
      '12 pengguna nonaktif di dev',
    );
    expect(id.users.found({ total: 1, target: undefined, status: undefined, text: 'vendor' })).toBe(
      '1 pengguna di semua target dengan vendor dalam emailnya',
    );
  });
});
