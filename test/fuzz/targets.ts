/** All targets. A new one: a file in targets/, a line here. */
import type { Target } from './target.ts'
import { container } from './targets/container.ts'
import { diagnose } from './targets/diagnose.ts'
import { filter } from './targets/filter.ts'
import { filterText } from './targets/filter-text.ts'
import { flows } from './targets/flows.ts'
import { json } from './targets/json.ts'
import { names } from './targets/names.ts'
import { paths } from './targets/paths.ts'
import { rows } from './targets/rows.ts'
import { scan } from './targets/scan.ts'
import { tree } from './targets/tree.ts'
import { viewer } from './targets/viewer.ts'

export const TARGETS: readonly Target[] = [
  scan,
  flows,
  tree,
  json,
  rows,
  filter,
  paths,
  diagnose,
  container,
  filterText,
  names,
  viewer,
]
