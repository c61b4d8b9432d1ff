import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ROOT, readPage } from '../../../docs/check/pages.ts';

const { prose } = readPage('docs/safety.md');
const invariants = prose.split(/^### /m).slice(1);

describe('an invariant of docs/safety.md', () => {
  it('says what could go wrong, what is done about it, and what proves it', () => {
    expect(invariants.length).toBeGreaterThan(8);
    for (const invariant of invariants)
      for (const part of ['**Could go wrong:**', '**So:**', '**Proof:**']) expect(invariant).toContain(part);
  });

  it.each(invariants.map((text) => [text.split('\n')[0] ?? '', text]))(
    '%s: is proved by tests that are there',
    (_name, text) => {
      const proofs = [...text.replaceAll(/\n {4,}/g, ' ').matchAll(/^ +- `(test\/[^`]+)`: (.+)$/gm)];
      expect(proofs.length).toBeGreaterThan(1);
      for (const [, file = '', title = ''] of proofs) {
        expect(existsSync(join(ROOT, file)), file).toBe(true);
        expect(readFileSync(join(ROOT, file), 'utf8').includes(title), `${file} has a test "${title}"`).toBe(
          true,
        );
      }
    },
  );
});
