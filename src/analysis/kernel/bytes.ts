/** Numbers as packets hold them: in network byte order. */

export function u8At(at: i32): i32 {
  return load<u8>(at)
}

export function u16At(at: i32): i32 {
  return bswap<u16>(load<u16>(at))
}

export function u32At(at: i32): i32 {
  return bswap<i32>(load<i32>(at))
}
