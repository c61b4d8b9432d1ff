import { describe, expect, it } from 'vitest';
import { parsePrometheusText } from '../../support/prometheus-text.ts';

const GOOD = `# HELP a_total What is counted.
# TYPE a_total counter
a_total{kind="x",of="a \\"b\\" \\\\ \\n"} 3
a_total{kind="y",of=""} 0

# HELP b_seconds How long.
# TYPE b_seconds histogram
b_seconds_bucket{le="0.5"} 1
b_seconds_bucket{le="+Inf"} 2
b_seconds_sum 1.5e-3
b_seconds_count 2
`;

describe("Prometheus' text format", () => {
  it('is read with names, types, labels and values', () => {
    const families = parsePrometheusText(GOOD);
    expect(families.get('a_total')).toEqual({
      name: 'a_total',
      type: 'counter',
      help: 'What is counted.',
      samples: [
        { name: 'a_total', labels: { kind: 'x', of: 'a "b" \\ \n' }, value: 3 },
        { name: 'a_total', labels: { kind: 'y', of: '' }, value: 0 },
      ],
    });
    expect(families.get('b_seconds')?.samples.map(({ value }) => value)).toEqual([1, 2, 0.0015, 2]);
  });

  it.each([
    ['no line feed at the end', GOOD.trimEnd()],
    ['a metric that comes twice', GOOD + GOOD],
    ['a sample that comes twice', GOOD.replace('kind="y",of=""', 'of="a \\"b\\" \\\\ \\n",kind="x"')],
    ['a sample without its metric', 'c_total 1\n'],
    ['a sample of another metric', GOOD.replace('b_seconds_sum', 'b_sum')],
    ['a metric without a type', '# HELP a_total What.\na_total 1\n'],
    ['an unknown type', GOOD.replace('histogram', 'diagram')],
    ['a label without quotes', GOOD.replace('"y"', 'y')],
    ['a label twice', GOOD.replace('kind="y"', 'of="y"')],
    ['a label with a raw backslash', GOOD.replace('\\\\ ', '\\ ')],
    ['no value', GOOD.replace(' 1.5e-3', '')],
    ['a value that is no number', GOOD.replace('1.5e-3', '1.5.0')],
    [
      'buckets that do not add up',
      GOOD.replace('b_seconds_bucket{le="0.5"} 1', 'b_seconds_bucket{le="0.5"} 3'),
    ],
    ['buckets that leave something out', GOOD.replace('b_seconds_count 2', 'b_seconds_count 3')],
  ])('is refused with %s', (_what, text) => {
    expect(() => parsePrometheusText(text)).toThrow();
  });
});
