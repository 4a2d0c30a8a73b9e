/** An operation of a transaction cannot be done; the others are still looked at, so that all that is wrong is told. */
export class OperationProblem extends Error {}
