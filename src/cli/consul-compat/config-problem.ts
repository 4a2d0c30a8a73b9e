/** A configuration cannot be used; the message says which file, and why. */
export class ConfigProblem extends Error {}
