import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { LEAST, problemsOf } from '../../support/settings.ts';

const problems = (query: string) =>
  problemsOf({ ...LEAST, DATABASE_URL: `mysql://bot:secret@db.example.com/laravel?${query}` });

describe('a parameter of DATABASE_URL that would do nothing', () => {
  it.each([
    ['ssl=1', 'ssl=true'],
    ['ssl=required', 'ssl=true'],
    ['ssl={"rejectUnauthorized":false}', 'ssl=true'],
    ['ssl=True', 'ssl=true'],
    ['ssl-mode=REQUIRED', 'ssl=true'],
    ['sslmode=require', 'ssl=true'],
    ['ssl_mode=VERIFY_CA', 'ssl=true'],
    ['sslaccept=strict', 'ssl=true'],
    ['tls=true', 'ssl=true'],
    ['useSSL=true', 'ssl=true'],
    ['SSL=true', 'write ssl'],
    ['ssl=on', 'ssl=true'],
    ['ssl=verify-full', 'ssl=true'],
    ['ssl=', 'ssl=true'],
    ['tls-mode=required', 'ssl=true'],
    ['rejectUnauthorized=false', 'ssl=true'],
    ['verifyServerCertificate=true', 'ssl=true'],
    ['ssl-verify-server-cert=1', 'ssl=true'],
    ['trustServerCertificate=true', 'ssl=true'],
    ['tlsCAFile=/ca.pem', 'ssl-ca'],
    ['serverCertificate=/ca.pem', 'ssl-ca'],
    ['ssl=true&sslca=/ca.pem', 'ssl-ca'],
    ['ssl=true&sslrootcert=/ca.pem', 'ssl-ca'],
    ['ssl-ca=/ca.pem', 'ssl=true'],
    ['ssl=false&ssl-ca=/ca.pem', 'ssl=true'],
    ['ssl=true&ssl=false', 'more than once'],
    ['connection_limit=5', 'connectionLimit'],
    ['connectionLimit=many', 'a whole number'],
    ['connectionLimit=', 'a whole number'],
    ['connectionLimit=0', '1 or more'],
    ['acquireTimeout=0', '100 or more'],
    ['initializationTimeout=0', '100 or more'],
    // Other clients count in seconds.
    ['acquireTimeout=10', '10 seconds are 10000'],
    ['initializationTimeout=30', '10 seconds are 10000'],
    ['connectTimeout=10', '10 seconds are 10000'],
    ['socketTimeout=60', '10 seconds are 10000'],
    ['queryTimeout=60000', 'does not exist'],
    ['sessionVariables=%7Ba:foo%7D', 'a JSON object'],
    ['sessionVariables=%5B1%5D', 'a JSON object'],
    ['sessionVariables=5', 'a JSON object'],
    ['sessionVariables=null', 'a JSON object'],
    ['pool_timeout=5', 'acquireTimeout'],
    ['sessionVariables=sql_mode', 'a JSON object'],
    ['timezone=local', 'leave it out'],
    ['foundRows=false', 'leave it out'],
    ['multipleStatements=true', 'does not exist'],
    ['no-such-thing=1', 'does not exist'],
  ])('is refused with the right spelling: %s', (query, right) => {
    const found = problems(query);
    expect(found.length).toBeGreaterThan(0);
    expect(found.join('\n')).toContain(right);
    expect(found.every((problem) => problem.startsWith('DATABASE_URL '))).toBe(true);
    expect(found.join('\n')).not.toContain('secret');
  });

  it('is never quoted where it is no name at all', () => {
    expect(problems('p%40ss:word!').join('\n')).not.toMatch(/p@ss|word/);
  });
});

describe('a parameter that counts', () => {
  it.each([
    'ssl=true',
    'ssl=true&ssl-ca=/etc/ssl/db.pem&ssl-server-name=db',
    'connectionLimit=5&acquireTimeout=1000',
    'connectTimeout=0&socketTimeout=0',
    'sessionVariables=%7B%22wait_timeout%22%3A77%7D',
    'socketPath=%2Frun%2Fmysqld%2Fmysqld.sock',
  ])('is taken: %s', (query) => {
    expect(problems(query)).toEqual([]);
  });

  it('stands on the page of settings', () => {
    const page = readFileSync(new URL('../../../docs/settings.md', import.meta.url), 'utf8');
    const section = page.slice(page.indexOf('## Parameters of `DATABASE_URL`'));
    const listed = [...section.matchAll(/^\| ((?:`[\w-]+`(?:, )?)+) \|/gm)].flatMap(([, cell = '']) =>
      [...cell.matchAll(/`([\w-]+)`/g)].map(([, name = '']) => name),
    );
    const source = readFileSync(new URL('../../../src/config/database-url.ts', import.meta.url), 'utf8');
    const table = source.slice(source.indexOf('const PARAMETERS')).split('\n};')[0] ?? '';
    const names = [...table.matchAll(/^ {2}'?([\w-]+)'?: /gm)].map(([, name = '']) => name);
    expect(names.length).toBeGreaterThan(20);
    expect([...listed].sort()).toEqual([...names].sort());
  });
});

describe('a DATABASE_URL whose password ends too soon', () => {
  it.each([
    'mysql://root:12#zzsecret@127.0.0.1:3306/laravel',
    'mysql://root:zz#secret@127.0.0.1:3306/laravel',
    'mysql://root:12/zzsecret@127.0.0.1:3306/laravel',
    'mysql://root:zz/secret@127.0.0.1:3306/laravel',
    'mysql://root:12?zzsecret@127.0.0.1:3306/laravel',
    'mysql://root:12?zz=secret@127.0.0.1:3306/laravel',
    'mysql://root:12/zz?secret=@127.0.0.1:3306/laravel',
    'mysql://root:zz%@127.0.0.1:3306/laravel',
    'mysql://root:right@127.0.0.1:3306/laravel#zzsecret',
  ])('is refused with the way to write it, and never quoted: %s', (url) => {
    const found = problemsOf({ ...LEAST, DATABASE_URL: url });
    expect(found).toEqual([
      expect.stringMatching(
        /^DATABASE_URL must be mysql:.* percent-encoded \(# is %23, \/ is %2F, \? is %3F/,
      ),
    ]);
    expect(found.join('')).not.toMatch(/zz|secret/);
  });

  it.each([
    'mysql://root:12%23zz@127.0.0.1:3306/laravel',
    'mysql://root:p@ss@127.0.0.1/laravel',
    'mysql://root@127.0.0.1/laravel?initSql=SET @a=1',
  ])('is not meant by %s', (url) => {
    expect(problemsOf({ ...LEAST, DATABASE_URL: url })).toEqual([]);
  });
});
