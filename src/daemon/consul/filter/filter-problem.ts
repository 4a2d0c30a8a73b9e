/** A filter expression makes no sense; the message says why, in the words of go-bexpr. */
export class FilterProblem extends Error {}
