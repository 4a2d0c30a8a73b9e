export { type ErrorCode, RopewalkError } from './core/error.ts'
