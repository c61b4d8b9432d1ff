import { describe, expect, it } from 'vitest';
import { codeSpans, readPage, tableRows } from '../../../docs/check/pages.ts';

import packageFile from '../../../package.json' with { type: 'json' };
import lockfile from '../../../package-lock.json' with { type: 'json' };

type Locked = {
  readonly version: string;
  readonly integrity?: string;
  readonly license?: string;
  readonly hasInstallScript?: boolean;
  readonly dev?: boolean;
  readonly optional?: boolean;
  readonly devOptional?: boolean;
};

const page = readPage('docs/supply-chain.md');
const { '': _project, ...others } = lockfile.packages;
const locked: readonly (readonly [string, Locked])[] = Object.entries<Locked>(others).map(([path, each]) => [
  path.replace(/^.*node_modules\//, ''),
  each,
]);

/** What a production install brings: `npm ci --omit=dev --omit=optional`. */
const production = locked.filter(([, { dev, optional, devOptional }]) => !dev && !optional && !devOptional);

/** Licences that ask for no more than to be named. */
const PERMISSIVE = ['MIT', 'ISC', 'BSD-2-Clause', 'BSD-3-Clause', 'Apache-2.0', 'BlueOak-1.0.0', '0BSD'];

const described = tableRows(page, ['package', 'licence']).flatMap(([names = '', licence = '']) =>
  codeSpans(names).map((name) => ({ name, licence })),
);

describe('package.json', () => {
  it('names exact versions, no ranges', () => {
    const { dependencies, devDependencies, optionalDependencies } = packageFile;
    const versions = Object.values({ ...dependencies, ...devDependencies, ...optionalDependencies });
    expect(versions.filter((version) => !/^\d+\.\d+\.\d+$/.test(version))).toEqual([]);
  });

  it('lets no package run a script at its installation, and knows of each that has one', () => {
    const scripted = locked.filter(([, { hasInstallScript }]) => hasInstallScript).map(([name]) => name);
    expect(packageFile.allowScripts).toEqual(Object.fromEntries(scripted.map((name) => [name, false])));
    const explained = tableRows(page, ['package', 'what its script does']).flatMap(([name = '']) =>
      codeSpans(name),
    );
    expect(explained.toSorted()).toEqual(scripted.toSorted());
  });
});

describe('package-lock.json', () => {
  it('has the hash of every package, those of other platforms included', () => {
    expect(
      locked.filter(([, { integrity }]) => !integrity?.startsWith('sha512-')).map(([name]) => name),
    ).toEqual([]);
  });
});

describe('what runs in production', () => {
  it('needs no install script', () => {
    expect(production.filter(([, { hasInstallScript }]) => hasInstallScript)).toEqual([]);
  });

  it('is under permissive licences, but for the one package that the page names', () => {
    const exceptions = production.filter(([, { license = '' }]) => !PERMISSIVE.includes(license));
    expect(exceptions.map(([name, { license }]) => `${name} ${license}`)).toEqual([
      'mariadb LGPL-2.1-or-later',
    ]);
    expect(page.prose).toContain('**`mariadb` is LGPL-2.1-or-later.**');
  });

  it('is listed on the page, with its licence', () => {
    expect(described.map(({ name }) => name).toSorted()).toEqual(
      Object.keys(packageFile.dependencies).toSorted(),
    );
    for (const { name, licence } of described)
      expect(`${name} ${locked.find(([each]) => each === name)?.[1].license}`).toBe(`${name} ${licence}`);
  });
});
