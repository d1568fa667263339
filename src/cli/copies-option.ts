/** `--copies`: what becomes of frames that are copies of ones before. */
import { Option } from 'commander'

export const COPIES = ['show', 'fold', 'hide'] as const
export type CopiesChoice = (typeof COPIES)[number]

export function copiesOption(text: string, usual: CopiesChoice): Option {
  return new Option('--copies <how>', text).choices([...COPIES]).default(usual)
}
