/** What a spreadsheet takes for the start of a formula, full-width forms included (OWASP, "CSV Injection"). */
const FORMULA_START = /^[\t\r\n=+\-@＝＋－＠]/;

/** One field of a CSV file: no formula for a spreadsheet, quoted as RFC 4180 asks. */
export function csvField(data: string): string {
  const harmless = FORMULA_START.test(data) ? `'${data}` : data;
  return /[",\r\n]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}
