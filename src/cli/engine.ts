/** What the command line loads once it knows what is wanted: everything but the parser of options. */
export { defaultDissector } from '../layers/create-dissector.ts'
export { commandModel } from './command-model.ts'
export { fieldGlossary } from './commands/fields.ts'
export { flows } from './commands/flows.ts'
export { show } from './commands/show.ts'
export { completionScript } from './completion.ts'
export { settingsOf } from './settings.ts'
