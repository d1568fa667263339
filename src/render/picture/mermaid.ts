/** A picture as Mermaid's flowchart, for Markdown. */
import { labelOf, type Picture } from './picture.ts'

export function mermaidText({ boxes, lines, folded }: Picture): string {
  return [
    ...(folded === undefined ? [] : [`%% ${folded}`]),
    'flowchart LR',
    ...boxes.flatMap(({ id, lines: words, pods }) => [
      `  subgraph ${id}["${words.map(escaped).join('<br/>')}"]`,
      ...pods.map((pod) => `    ${pod.id}["${pod.lines.map(escaped).join('<br/>')}"]`),
      '  end',
    ]),
    ...lines.map(
      (line) => `  ${line.from} ${line.back === undefined ? '-->' : '<-->'}|"${escaped(labelOf(line))}"| ${line.to}`,
    ),
  ].join('\n')
}

/** Everything that could mean something to Mermaid or to the page around it, as an entity. */
function escaped(text: string): string {
  return text.replace(/[^\w .,:/()→←·…-]/gu, (character) => `#${character.codePointAt(0)};`)
}
