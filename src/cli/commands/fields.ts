/** `-T fields`: chosen fields of each packet, as tshark prints them; and the list of all there are. */
import type { Dissector } from '../../dissect/dissector.ts'
import { COLUMN_NAMES, type Extractor, extractor, occurrenceText } from '../../packet/extract.ts'
import { FRAME_FIELDS } from '../../packet/frame.ts'
import { NAME_FIELDS } from '../../packet/name-fields.ts'
import { escapeText } from '../../render/escape.ts'
import { fieldLine } from '../../render/field-line.ts'
import type { Output } from '../output.ts'
import type { Settings } from '../settings.ts'
import type { Shown } from './session.ts'

export class FieldPrinter {
  private readonly extractors: readonly Extractor[]
  private readonly settings: Settings
  private readonly output: Output

  /** @throws UsageError for an unknown field. */
  constructor(settings: Settings, output: Output) {
    this.settings = settings
    this.output = output
    this.extractors = settings.fields.map((name) => extractor(settings.dissector, name))
  }

  header(): void {
    if (this.settings.fieldOptions.header)
      this.output.line(this.settings.fields.join(this.settings.fieldOptions.separator))
  }

  show({ packet }: Shown): void {
    const values = this.extractors.map((extract) => extract(packet).map(occurrenceText))
    this.output.line(fieldLine(values, this.settings.fieldOptions, escapeText))
  }
}

/** One field a line: what it is called, its name, its type, its protocol; as `tshark -G fields` begins its lines. */
export function fieldGlossary(dissector: Dissector): string[] {
  const line = (label: string, name: string, type: string, protocol: string) =>
    ['F', label, name, type === '' ? '' : `FT_${type.toUpperCase()}`, protocol].join('\t')
  const lines = dissector.layers.map((layer) => ['P', layer.title, layer.name].join('\t'))
  for (const field of FRAME_FIELDS) lines.push(line(field.label, field.name, field.type, 'frame'))
  for (const field of NAME_FIELDS) lines.push(line(field.label, field.name, field.type, 'ovl'))
  for (const { name, layer, field } of dissector.fields()) lines.push(line(field.label, name, field.type, layer.name))
  for (const name of COLUMN_NAMES) lines.push(line(name.slice(name.lastIndexOf('.') + 1), name, 'string', '_ws.col'))
  return [...new Set(lines)]
}
