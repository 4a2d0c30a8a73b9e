/**
 * As little of a list as still `fails`, in order: without parts of it, of half its length at first and then shorter ones down to single items, as long as
 * that fails. Takes up to some n·log n tries, and ends with the list as it is by then when `isOver`.
 * @see Zeller and Hildebrandt, "Simplifying and Isolating Failure-Inducing Input", 2002
 */
export async function shortened<T>(
  list: readonly T[],
  { fails, isOver }: { fails: (list: readonly T[]) => Promise<boolean>; isOver: () => boolean },
): Promise<readonly T[]> {
  let shortest = list
  for (let length = Math.ceil(list.length / 2); length >= 1; length = length === 1 ? 0 : Math.ceil(length / 2)) {
    for (let from = 0; from < shortest.length && !isOver();) {
      const rest = [...shortest.slice(0, from), ...shortest.slice(from + length)]
      if (await fails(rest)) shortest = rest
      else from += length
    }
  }
  return shortest
}
