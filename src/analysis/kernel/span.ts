/** Widens the span of two 64-bit floats at `at`, first and last, to hold `now`; NaN: nothing was seen, or no time. */
export function stretch(at: i32, now: f64): void {
  const first = load<f64>(at)
  if (!(now >= first) && !isNaN(now)) store<f64>(at, now)
  const last = load<f64>(at, 8)
  if (!(now <= last) && !isNaN(now)) store<f64>(at, now, 8)
}
