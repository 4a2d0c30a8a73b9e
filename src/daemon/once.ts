import { Derived } from './derived.ts'

/**
 * Makes something of each object once, such as its text, however often it is asked for, for as long as the object is there and there is memory for it: a set that does not change is
 * serialised once for all who read or watch it. What is made must not be undefined.
 */
export function once<T extends object, Made>(make: (value: T) => Made): (value: T) => Made {
  const made = new Derived<T, Made>()
  return value => {
    let known = made.get(value)
    if (known === undefined) made.set(value, (known = make(value)))
    return known
  }
}
