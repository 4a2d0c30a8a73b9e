/**
 * Makes a text of each object once, however often it is asked for, for as long as the object is there: a set that does not change is
 * serialised once for all who read or watch it.
 */
export function once<T extends object>(make: (value: T) => string): (value: T) => string {
  const made = new WeakMap<T, string>()
  return value => {
    let text = made.get(value)
    if (text === undefined) made.set(value, (text = make(value)))
    return text
  }
}
