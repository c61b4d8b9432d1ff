/** What a spreadsheet takes for the start of a formula, full-width forms included (OWASP, "CSV Injection"). */
const FORMULA = '[=+\\-@＝＋－＠]';
/** Some take blanks and quotes before it away. */
const BEGINS_AS_FORMULA = new RegExp(`^(?:[\\t\\r\\n]|[\\s"]*${FORMULA})`);
/** Whatever else than the comma separates cells or lines for a spreadsheet. */
const SEPARATOR = '[;|\\t\\r\\n\\v\\f\\u0085\\u2028\\u2029]';
/** Two signs and one name, to the end of the field: nothing that could be worked out. */
const NAME_ALONE = '--@?[\\p{L}\\p{N}_.]*$';
/**
 * A formula behind a separator within the field: Excel takes `;` in many countries, and quotes that stand within a cell
 * protect nothing then.
 */
const GOES_ON_AS_FORMULA = new RegExp(`${SEPARATOR}(?=[\\s"]*${FORMULA})(?!${NAME_ALONE})`, 'gu');

/** One field of a CSV file: no formula for a spreadsheet, quoted as RFC 4180 asks. */
export function csvField(data: string): string {
  const harmless = `${BEGINS_AS_FORMULA.test(data) ? "'" : ''}${data.replace(GOES_ON_AS_FORMULA, "$&'")}`;
  return /[",\r\n]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}
