/** Each server knows some of these; MySQL has no uca1400 and no nopad, MariaDB none of the 0900 ones. */
export const COLLATIONS = [
  'utf8mb4_unicode_ci',
  'utf8mb4_general_ci',
  'utf8mb4_bin',
  'utf8mb4_nopad_bin',
  'utf8mb4_uca1400_as_cs',
  'utf8mb4_0900_ai_ci',
  'utf8mb4_0900_as_cs',
  'utf8mb4_0900_bin',
];

/** A person as the depot server spells them and as `users` does. `usable` rows say for sure who is there. */
type Spelled = {
  readonly what: string;
  readonly depot: unknown;
  readonly users: string;
  readonly usable: boolean;
};

/** The examples of docs/deciding.md, "Whose row is whose". */
export const SAME_PERSON: readonly Spelled[] = [
  { what: 'spelled alike', depot: 'lead@dkm', users: 'lead@dkm', usable: true },
  { what: 'behind a blank on both sides', depot: ' lead@dkm', users: ' lead@dkm', usable: true },
  { what: 'behind a blank in users', depot: 'lead@dkm', users: ' lead@dkm', usable: true },
  { what: 'followed by CR in users', depot: 'lead@dkm', users: 'lead@dkm\r', usable: true },
  { what: 'followed by CR and LF on both sides', depot: 'lead@dkm\r\n', users: 'lead@dkm\r\n', usable: true },
  { what: 'followed by a tab in users', depot: 'lead@dkm', users: 'lead@dkm\t', usable: true },
  { what: 'behind a no-break space in users', depot: 'lead@dkm', users: '\u00a0lead@dkm', usable: true },
  { what: 'in capitals on both sides', depot: 'ANNA@dkm', users: 'ANNA@dkm', usable: true },
  { what: 'in capitals in users', depot: 'anna@dkm', users: 'Anna@DKM', usable: true },
  { what: 'in capitals of another length', depot: 'İnci@dkm', users: 'İnci@dkm', usable: true },
  {
    what: 'in decomposed letters at the depot',
    depot: 'jose\u0301@dkm',
    users: 'jos\u00e9@dkm',
    usable: true,
  },
  { what: 'in decomposed letters in users', depot: 'jos\u00e9@dkm', users: 'jose\u0301@dkm', usable: true },
  {
    what: 'at a domain written for DNS',
    depot: 'budi@xn--mnchen-3ya.de',
    users: 'budi@münchen.de',
    usable: true,
  },
  {
    what: 'at a domain written for DNS in users',
    depot: 'budi@münchen.de',
    users: 'budi@xn--mnchen-3ya.de',
    usable: true,
  },
  { what: 'behind a star', depot: '*lead@dkm', users: 'lead@dkm', usable: true },
  { what: 'named between brackets', depot: '<lead>@dkm', users: 'lead@dkm', usable: true },
  { what: 'behind an at sign', depot: '@lead@dkm', users: 'lead@dkm', usable: true },
  { what: 'named without an at sign', depot: 'superadmin', users: 'superadmin', usable: false },
  { what: 'named without an at sign, in capitals', depot: 'SuperAdmin', users: 'superadmin', usable: false },
  { what: 'split by a blank on both sides', depot: 'vendor 1@dkm', users: 'vendor 1@dkm', usable: false },
  { what: 'split by a blank at the depot', depot: 'vendor 1@dkm', users: 'vendor1@dkm', usable: false },
  { what: 'followed by a zero-width space', depot: 'budi@dkm\u200b', users: 'budi@dkm', usable: false },
  {
    what: 'behind a zero-width space in users too',
    depot: 'bu\u200bdi@dkm',
    users: '\u200bbudi@dkm',
    usable: false,
  },
  { what: 'split by a soft hyphen', depot: 'bu\u00addi@dkm', users: 'budi@dkm', usable: false },
  { what: 'followed by a Hangul filler', depot: 'budi@dkm\u3164', users: 'budi@dkm', usable: false },
  {
    what: 'behind a Hangul filler in users too',
    depot: 'bu\u3164di@dkm',
    users: '\u3164budi@dkm',
    usable: false,
  },
  { what: 'written with a name', depot: 'Budi <budi@dkm>', users: 'budi@dkm', usable: false },
  { what: 'the second of two in one field', depot: 'ani@dkm, budi@dkm', users: 'budi@dkm', usable: false },
  {
    what: 'the second of two, with no blank between',
    depot: 'ani@dkm,budi@dkm',
    users: 'budi@dkm',
    usable: false,
  },
  { what: 'in angle brackets', depot: '<budi@dkm>', users: 'budi@dkm', usable: false },
  { what: 'in a list', depot: ['budi@dkm'], users: 'budi@dkm', usable: false },
  { what: 'written for HTML', depot: 'o&#039;brien@dkm', users: "o'brien@dkm", usable: false },
  { what: 'followed by a stray quote', depot: "lead@dkm'", users: 'lead@dkm', usable: false },
  { what: 'behind a stray quote', depot: "'lead@dkm", users: 'lead@dkm', usable: false },
  { what: 'behind a stray bracket', depot: '<lead@dkm', users: 'lead@dkm', usable: false },
  {
    what: 'behind a stray quote, with another inside',
    depot: "'o'brien@dkm",
    users: "o'brien@dkm",
    usable: false,
  },
  { what: 'between curly quotes', depot: '“lead@dkm”', users: 'lead@dkm', usable: false },
  { what: 'behind the name of a protocol', depot: 'SMTP:lead@dkm', users: 'lead@dkm', usable: false },
  { what: 'followed by a line break of HTML', depot: 'lead@dkm<br>', users: 'lead@dkm', usable: false },
  { what: 'written for an address', depot: 'vendor%2B1@dkm%20', users: 'vendor+1@dkm', usable: false },
  { what: 'written for PHP', depot: "o\\'brien@dkm", users: "o'brien@dkm", usable: false },
  { what: 'written for HTML twice', depot: 'o&amp;#039;brien@dkm', users: "o'brien@dkm", usable: false },
  { what: 'with a letter as HTML has it', depot: 'jos&eacute;@dkm', users: 'josé@dkm', usable: false },
  { what: 'with a letter as its number in HTML', depot: 'jos&#xE9;@dkm', users: 'josé@dkm', usable: false },
  {
    what: 'with another sign as HTML has it',
    depot: 'o&rsquo;brien@dkm',
    users: 'o’brien@dkm',
    usable: false,
  },
  { what: 'with an at sign as HTML has it', depot: 'budi&#64;dkm', users: 'budi@dkm', usable: false },
  { what: 'with a letter as an old address has it', depot: 'jos%E9@dkm', users: 'josé@dkm', usable: false },
  {
    what: 'with a letter as JSON writes it twice',
    depot: 'jos\\u00e9@dkm',
    users: 'josé@dkm',
    usable: false,
  },
  { what: 'followed by an at sign', depot: 'lead@dkm@', users: 'lead@dkm', usable: false },
  { what: 'followed by an accent', depot: 'lead@dkm´', users: 'lead@dkm', usable: false },
  { what: 'followed by a full-width bracket', depot: 'lead@dkm＞', users: 'lead@dkm', usable: false },
  { what: 'behind a full-width colon', depot: '：lead@dkm', users: 'lead@dkm', usable: false },
  { what: 'with two at signs', depot: 'lead@@dkm', users: 'lead@dkm', usable: false },
  { what: 'with a sign of its own, and another', depot: '_lead@dkm+', users: '_lead@dkm', usable: false },
  {
    what: 'the last of many in one field',
    depot: Array.from({ length: 9 }, (_, i) => `Vendor${i} <Vendor${i}@DKM>`).join('; '),
    users: 'vendor8@dkm',
    usable: false,
  },
  { what: 'written with full-width signs', depot: 'budi\u3000＠dkm', users: 'budi@dkm', usable: false },
  { what: 'a number', depot: 4711, users: '4711', usable: false },
];

/** Two users of which a row of the list could mean either. */
export const TWO_USERS = [
  {
    what: 'one of them spelled as on the list, and inactive',
    depot: 'lead@dkm',
    users: { 'lead@dkm': 'inactive', '\tlead@dkm': 'active' },
  },
  {
    what: 'both spelled oddly',
    depot: 'lead@dkm',
    users: { '\tlead@dkm': 'active', 'lead@dkm\r\n': 'active' },
  },
  {
    what: 'both spelled oddly, one of them inactive',
    depot: 'lead@dkm',
    users: { '\tlead@dkm': 'inactive', 'lead@dkm\r\n': 'active' },
  },
  {
    what: 'both active, one of them spelled as on the list',
    depot: 'lead@dkm',
    users: { 'lead@dkm': 'active', '\tlead@dkm': 'active' },
  },
] as const;
