import { parser } from '@prometheus-io/lezer-promql';

/** `labels` are those that the selector's matchers name. */
export type Selector = {
  readonly metric: string;
  readonly matchers: readonly { readonly label: string; readonly operator: string; readonly value: string }[];
};

/** What a query asks for, and the labels by which it groups. */
export type Query = { readonly selectors: readonly Selector[]; readonly groupings: readonly string[] };

type Node = ReturnType<ReturnType<typeof parser.parse>['resolve']>;

/** Reads PromQL by Prometheus' own grammar. Throws where the query breaks it. */
export function parsePromql(text: string): Query {
  const of = ({ from, to }: Node) => text.slice(from, to);
  const selectors: Selector[] = [];
  const groupings: string[] = [];
  parser.parse(text).iterate({
    enter: ({ type, node }) => {
      if (type.isError) throw new Error(`Not PromQL at ${node.from}: ${text}`);
      if (type.name === 'VectorSelector') selectors.push(readSelector(node, of));
      if (type.name === 'GroupingLabels') groupings.push(...node.getChildren('LabelName').map(of));
    },
  });
  return { selectors, groupings };
}

function readSelector(node: Node, of: (node: Node) => string): Selector {
  const metric = node.getChild('Identifier');
  const matchers = node.getChild('LabelMatchers')?.getChildren('UnquotedLabelMatcher') ?? [];
  return {
    metric: metric === null ? '' : of(metric),
    matchers: matchers.map((matcher) => {
      const [label = '', operator = '', value = ''] = ['LabelName', 'MatchOp', 'StringLiteral'].map(
        (part) => {
          const child = matcher.getChild(part);
          return child === null ? '' : of(child);
        },
      );
      return { label, operator, value: JSON.parse(value) };
    }),
  };
}
