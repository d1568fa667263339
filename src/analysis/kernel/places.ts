/** Where a frame was seen, by the rule of capture/places.ts. */
import { u8At, u16At, u32At } from './bytes'
import { KNOWN_PLACES } from './memory'

const LINUX_SLL: i32 = 113
const LINUX_SLL2: i32 = 276
const KNOWN: i32 = 64

export function sightingPlace(start: i32, end: i32, linkType: i32, interfaceId: i32): i32 {
  if (linkType === LINUX_SLL2 && end - start >= 20)
    return (interfaceId << 23) | ((u32At(start + 4) & 0xfffff) << 3) | (u8At(start + 10) & 7)
  if (linkType === LINUX_SLL && end - start >= 16) return (interfaceId << 3) | (u16At(start) & 7)
  return -2 - interfaceId
}

/** Whether the caller has been told of a frame that was seen there, of late. */
export function isKnownPlace(place: i32): bool {
  const at = homeOf(place)
  return load<i32>(at) === place && load<i32>(at, 4) !== 0
}

export function noteKnownPlace(place: i32): void {
  const at = homeOf(place)
  store<i32>(at, place)
  store<i32>(at, 1, 4)
}

function homeOf(place: i32): i32 {
  return KNOWN_PLACES + ((place ^ (place >>> 21)) & (KNOWN - 1)) * 8
}
