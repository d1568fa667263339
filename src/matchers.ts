/**
 * The assertions for any runner with `expect.extend`:
 *
 *     import * as matchers from 'ovl-dissect/matchers'
 *     expect.extend(matchers)
 *
 * @module ovl-dissect/matchers
 */
export type { AnsweredOptions } from './assertions/answered.ts'
export type { CarryOptions } from './assertions/carry.ts'
export type { CarryInOrderOptions } from './assertions/carry-in-order.ts'
export type { CarryOnlyOptions } from './assertions/carry-only.ts'
export type { Duration, Moment } from './assertions/duration.ts'
export type { ExchangeOptions } from './assertions/exchanges.ts'
export type { CaptureMatchers } from './assertions/matcher-types.ts'
export {
  toBeAnswered,
  toCarry,
  toCarryInOrder,
  toCarryOnly,
  toHaveField,
  toHaveLayers,
  toReach,
  toTraverse,
} from './assertions/matchers.ts'
export type {
  AsymmetricMatcher,
  EndPattern,
  MessagePattern,
  NumberPattern,
  PacketEnd,
  PacketPattern,
  Pattern,
  SidePattern,
  TextPattern,
} from './assertions/pattern.ts'
export type { ReachOptions } from './assertions/reach.ts'
export type { TraverseOptions } from './assertions/traverse.ts'
export type { Verdict } from './assertions/verdict.ts'
