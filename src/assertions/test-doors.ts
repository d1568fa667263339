/** What the doors for tests share; `dist/` has it once. */
export { captureMatchers } from './capture-matchers.ts'
export * from './matchers.ts'
export { captureSnapshot } from './snapshot.ts'
