/** A picture in the language of Graphviz. */
import { labelOf, type Picture } from './picture.ts'

export function dotText({ boxes, lines, folded }: Picture): string {
  return [
    ...(folded === undefined ? [] : [`// ${folded}`]),
    'digraph overlay {',
    '  rankdir=LR; nodesep=0.3; ranksep=2;',
    '  node [shape=box, style="rounded,filled", fillcolor=white, fontname="sans-serif", fontsize=11];',
    '  edge [fontname="sans-serif", fontsize=9];',
    ...boxes.flatMap(({ id, lines: words, pods }) => [
      `  subgraph cluster_${id} {`,
      `    label=${quoted(words)}; style="rounded,filled"; color="#7a9cc6"; fillcolor="#eaf1fa"; fontname="sans-serif";`,
      ...pods.map((pod) => `    ${pod.id} [label=${quoted(pod.lines)}];`),
      '  }',
    ]),
    ...lines.map(
      (line) =>
        `  ${line.from} -> ${line.to} [label=${quoted([labelOf(line)])}${line.back === undefined ? '' : ', dir=both'}];`,
    ),
    '}',
  ].join('\n')
}

const quoted = (lines: readonly string[]) =>
  `"${lines.map((line) => line.replace(/["\\]/g, (character) => `\\${character}`)).join('\\n')}"`
