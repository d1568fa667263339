/** Where a frame was seen, by the rule of ../places.ts. */
import { u8At, u16At, u32At } from './bytes'

const LINUX_SLL: i32 = 113
const LINUX_SLL2: i32 = 276

export function sightingPlace(start: i32, end: i32, linkType: i32, interfaceId: i32): i32 {
  if (linkType === LINUX_SLL2 && end - start >= 20)
    return (interfaceId << 23) | ((u32At(start + 4) & 0xfffff) << 3) | (u8At(start + 10) & 7)
  if (linkType === LINUX_SLL && end - start >= 16) return (interfaceId << 3) | (u16At(start) & 7)
  return -2 - interfaceId
}
