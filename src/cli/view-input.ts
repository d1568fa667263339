/** What the viewer is given: the command's settings, and its words for rows. */
import { Filter } from '../filter/filter.ts'
import { NAME_VIRTUAL_FIELDS } from '../filter/name-virtual-fields.ts'
import { timeWidth } from '../render/time-column.ts'
import { widthOf } from '../render/width.ts'
import type { ViewInput } from '../view/model/view-input.ts'
import { namesOfFlows } from './commands/flows.ts'
import { copyPlace, withCopies } from './commands/folded-rows.ts'
import { rowNamerOf, rowOf } from './commands/list.ts'
import { wordingOf } from './commands/wording.ts'
import type { Settings } from './settings.ts'

export function viewInputOf(settings: Settings): ViewInput {
  const { dissector, names, nameStyle, relativeSequence, labels } = settings
  const namer = rowNamerOf(settings)
  const context = names === undefined ? {} : { virtualFields: NAME_VIRTUAL_FIELDS }
  return {
    files: settings.files,
    dissector,
    names,
    nameStyle,
    relativeSequence,
    places: settings.files.map((path) => ({ path, links: settings.links, routes: settings.routes })),
    isFolded: settings.copies !== 'show',
    filter: settings.filter?.text ?? '',
    timeWidth: timeWidth(settings.time),
    labelWidth: Math.max(0, ...Array.from(labels.values(), (label) => widthOf(label) + 1)),
    compile: (text) => new Filter(text, dissector, context),
    row: (packet, copies) =>
      rowOf(
        copies === undefined
          ? { packet, isCopy: false, overview: NO_COPIES }
          : { packet, isCopy: true, overview: { copies } },
        settings,
        namer,
      ),
    copyPlace,
    withCopies,
    wording: (overview) => wordingOf(settings, overview),
    flowNames: names && namesOfFlows(names, nameStyle),
  }
}

/** Of frames that are no copies nothing is asked. */
const NO_COPIES = { copies: undefined as never }
